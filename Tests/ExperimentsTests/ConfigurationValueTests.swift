import Foundation
import MultitaskLearning
import TestSupport
import Testing
import VisionData

import Experiments

/// Configurations that were made in code: whatever is wrong with them, `check` says it.
@Suite struct ConfigurationValueTests {
  private func complaint(_ change: (inout Configuration) -> Void) -> String {
    var configuration = Configuration()
    change(&configuration)
    do {
      try configuration.check(availableTasks: Scenes.allTasks)
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func choicesAreTypes() throws {
    var configuration = Configuration()
    configuration.optimizer.name = .adamW
    configuration.optimizer.schedule = .multiStep
    configuration.run.precision = .bfloat16
    configuration.method.level = .features
    configuration.diagnostics.level = .parameters
    configuration.training.normalsLoss = .cosine
    configuration.network.sharing = MethodChoice("hard")
    configuration.network.decoder = "aspp"
    try configuration.check(availableTasks: Scenes.allTasks)
    for line in [
      "name: adamw ", "schedule: multi-step ", "precision: bfloat16 ", "level: features ", "level: parameters ",
      "normalsLoss: cosine ", "sharing: hard ", "decoder: aspp ",
    ] { #expect(configuration.yaml.contains("  \(line)"), "\(line)") }
    #expect(try Configuration(yaml: configuration.yaml) == configuration)
  }

  /// Every field that has a rule, with a value that breaks it.
  @Test func everyWrongValueIsNamed() {
    let wrong: [(field: String, change: (inout Configuration) -> Void)] = [
      ("run.device", { $0.run.device = "gpu" }), ("run.device", { $0.run.device = "cuda:" }),
      ("run.threads", { $0.run.threads = -1 }), ("run.threads", { $0.run.threads = .max }),
      ("data.folder", { $0.data.folder = "a\nb" }), ("data.validationFolder", { $0.data.validationFolder = "\u{1B}" }),
      ("data.trainingCount", { $0.data.trainingCount = 0 }),
      ("data.validationCount", { $0.data.validationCount = .max }),
      ("data.height", { $0.data.height = -32 }), ("data.width", { $0.data.width = 1 << 40 }),
      ("data.tasks", { $0.data.tasks = ["depth\n"] }), ("data.jitter", { $0.data.jitter = .nan }),
      ("data.scale", { $0.data.scale = [0, 1] }), ("data.scale", { $0.data.scale = [1, .infinity] }),
      ("data.cropHeight", { $0.data.cropHeight = -1 }), ("data.cropWidth", { $0.data.cropWidth = .min }),
      ("data.threads", { $0.data.threads = 0 }), ("data.cacheMegabytes", { $0.data.cacheMegabytes = .max }),
      ("data.pixelLimit", { $0.data.pixelLimit = 0 }), ("network.encoder", { $0.network.encoder = "resnet81" }),
      ("network.weights", { $0.network.weights = "a\0" }), ("network.dropPath", { $0.network.dropPath = 1 }),
      ("diagnostics.every", { $0.diagnostics.every = -1 }), ("diagnostics.every", { $0.diagnostics.every = .max }),
      ("optimizer.learningRate", { $0.optimizer.learningRate = -1 }),
      ("optimizer.learningRate", { $0.optimizer.learningRate = .nan }),
      ("optimizer.weightDecay", { $0.optimizer.weightDecay = .infinity }),
      ("optimizer.momentum", { $0.optimizer.momentum = 2 }), ("optimizer.clipNorm", { $0.optimizer.clipNorm = -1 }),
      ("optimizer.clipNorm", { $0.optimizer.clipNorm = .infinity }), ("optimizer.power", { $0.optimizer.power = .nan }),
      ("optimizer.milestones", { $0.optimizer.milestones = [0.5, 7] }), ("optimizer.decay", { $0.optimizer.decay = 2 }),
      ("optimizer.warmUpSteps", { $0.optimizer.warmUpSteps = -1 }),
      ("optimizer.warmUpSteps", { $0.optimizer.warmUpSteps = .max }), ("training.steps", { $0.training.steps = 0 }),
      ("training.steps", { $0.training.steps = .max }), ("training.batchSize", { $0.training.batchSize = 0 }),
      ("training.accumulation", { $0.training.accumulation = .max }),
      ("training.evaluateEvery", { $0.training.evaluateEvery = -1 }),
      ("training.checkpointEvery", { $0.training.checkpointEvery = .max }),
    ]
    for (field, change) in wrong {
      let found = complaint(change)
      #expect(found.contains("'\(field)' is ") && found.contains("has to be "), "\(field): \(found)")
      #expect(found.count < 1400 && !found.contains("\n"))
    }
    #expect(complaint { $0.network.encoder = "resnet81" }.contains("Did you mean 'resnet18'?"))
    #expect(complaint { $0.data.scale = [1] }.contains("[smallest, largest]"))
    #expect(complaint { $0.data.tasks = [""] }.contains("unknown task ''"))
  }

  @Test func methodsOfWrongSettingsAreNamed() {
    let wrong: [(answer: String, change: (inout Configuration) -> Void)] = [
      ("Did you mean 'pcgrad'?", { $0.method.aggregator = MethodChoice("pcgrd") }),
      ("'pcgrad' is a kind of gradient aggregator", { $0.method.weighting = MethodChoice("pcgrad") }),
      (
        "'c' is much, but has to be a number",
        { $0.method.aggregator = MethodChoice("cagrad", settings: ["c": .text("much")]) }
      ),
      ("'c' is nan, but has to be", { $0.method.aggregator = MethodChoice("cagrad", settings: ["c": .number(.nan)]) }),
      (
        "'c' is inf, but has to be",
        { $0.method.aggregator = MethodChoice("cagrad", settings: ["c": .number(.infinity)]) }
      ),
      (
        "'updateEvery' is 1.5",
        { $0.method.aggregator = MethodChoice("nash-mtl", settings: ["updateEvery": .number(1.5)]) }
      ),
      ("'order' is 3, but", { $0.method.aggregator = MethodChoice("pcgrad", settings: ["order": .number(3)]) }),
      (
        "'order' is {depth: 1.0}",
        { $0.method.aggregator = MethodChoice("pcgrad", settings: ["order": .numbers(["depth": 1])]) }
      ),
      (
        "unknown task 'dept'",
        { $0.method.weighting = MethodChoice("manual", settings: ["weights": .numbers(["dept": 1])]) }
      ),
      ("has no parameter 'x'", { $0.method.aggregator = MethodChoice("sum", settings: ["x": .number(1)]) }),
      (
        "'warmUp' is 1e+300",
        {
          $0.method.schedule = MethodChoice("selective-groups", settings: ["warmUp": .number(1e300)])
        }
      ),
    ]
    for (answer, change) in wrong {
      let found = complaint(change)
      #expect(found.contains(answer), "\(found)")
    }
  }

  @Test func makingAMethodChecksTheFieldsFirst() {
    var configuration = Configuration()
    configuration.training.steps = .max
    configuration.network.sharing = MethodChoice("task-normalization")
    configuration.method.schedule = MethodChoice("connection-strength")
    #expect { _ = try ResolvedConfiguration(configuration) } throws: {
      "\($0)".contains("'training.steps' is 9223372036854775807")
    }
  }

  @Test func aTrainingChecksBeforeItTouchesAnything() throws {
    try withTemporaryFolder { folder in
      var configuration = Configuration()
      configuration.run.threads = .max
      let run = RunFolder(folder.appendingPathComponent("run"))
      #expect { try TrainingSession(configuration, folder: run, existing: .refuse) } throws: {
        "\($0)".contains("'run.threads' is 9223372036854775807")
      }
      #expect(!run.exists)
    }
  }

  /// The products of the largest counts fit.
  @Test func theLargestCountsAreTaken() throws {
    var configuration = Configuration()
    configuration.data.folder = "somewhere"
    configuration.data.trainingCount = 100_000_000
    configuration.data.validationCount = 100_000_000
    configuration.training.steps = 1_000_000_000
    configuration.training.accumulation = 4096
    configuration.training.batchSize = 65536
    configuration.training.evaluateEvery = 1_000_000_000
    configuration.network.sharing = MethodChoice("task-normalization")
    configuration.method.schedule = MethodChoice(
      "connection-strength", settings: ["epoch": .number(1), "epochs": .number(1e9)])
    configuration.method.weighting = MethodChoice("dwa")
    try configuration.check(availableTasks: Scenes.allTasks)
    let samples = configuration.training.steps.multipliedReportingOverflow(by: 4096 * 65536)
    #expect(!samples.overflow)
  }

  @Test func scenesWithoutEndAreRefused() {
    let tooMany = complaint { $0.data.trainingCount = 1_000_001 }
    #expect(tooMany.contains("data.trainingCount is 1000001") && tooMany.contains("at most 1000000"), "\(tooMany)")
    let tooLong = complaint { $0.data.validationCount = 100_001 }
    #expect(tooLong.contains("data.validationCount is 100001") && tooLong.contains("at most 100000"), "\(tooLong)")
    let tooLarge = complaint {
      ($0.data.height, $0.data.width) = (8192, 8192)
      $0.data.validationCount = 150
    }
    #expect(tooLarge.contains("8192×8192") && tooLarge.contains("at most 149"), "\(tooLarge)")
    #expect(complaint { $0.data.validationCount = 100_000 } == "nothing")
  }
}
