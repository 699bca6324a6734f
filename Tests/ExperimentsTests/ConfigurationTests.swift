import Foundation
import MultitaskLearning
import Testing
import VisionData

import Experiments

@Suite struct ConfigurationTests {
  private func complaint(_ yaml: String) -> String {
    do {
      try Configuration(yaml: yaml, source: "c.yaml").check(availableTasks: Scenes.allTasks)
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func writtenConfigurationsComeBack() throws {
    var configuration = Configuration()
    #expect(try Configuration(yaml: configuration.yaml) == configuration)
    configuration.data.folder = "a folder: with, signs"
    configuration.data.tasks = ["depth"]
    configuration.optimizer.learningRate = 1.0 / 3
    configuration.run.seed = .max
    configuration.method.weighting = MethodChoice("manual", settings: ["weights": .numbers(["depth": 2.5])])
    configuration.method.aggregator = MethodChoice("pcgrad", settings: ["order": .text("ascending")])
    #expect(try Configuration(yaml: configuration.yaml) == configuration)
  }

  @Test func anEmptyFileIsTheDefaults() throws {
    #expect(try Configuration(yaml: "") == Configuration())
    #expect(try Configuration(yaml: "data:\n") == Configuration())
    #expect(complaint("") == "nothing")
  }

  @Test func mistakesNameTheirLineAndWhatIsAllowed() {
    let wrongType = complaint("run:\n  seed: 3\ntraining:\n  steps: many\n")
    #expect(wrongType.contains("c.yaml, line 4") && wrongType.contains("'many'") && wrongType.contains("whole number"))
    let unknownField = complaint("training:\n  stps: 3\n")
    #expect(unknownField.contains("line 2") && unknownField.contains("Did you mean 'steps'?"))
    let unknownSection = complaint("trainin:\n  steps: 3\n")
    #expect(unknownSection.contains("line 1") && unknownSection.contains("Did you mean 'training'?"))
    let choice = complaint("run:\n  precision: float16\n")
    #expect(choice.contains("float32, bfloat16"))
    #expect(complaint("data: [1, 2]").contains("has fields"))
    #expect(complaint("a: [").contains("is no YAML"))
    let twice = complaint("training:\n  steps: 1\n  batchSize: 2\n  steps: 3\n")
    #expect(twice.contains("c.yaml, line 2") && twice.contains("has 'steps' more than once"), "\(twice)")
    #expect(complaint("training:\n  steps: 0\n").contains("from 1 to 1000000000"))
  }

  @Test func contradictionsAreFound() {
    #expect(complaint("data:\n  tasks: [depth, normls]\n").contains("Did you mean 'normals'?"))
    #expect(complaint("data:\n  tasks: []\n").contains("at least one task"))
    #expect(
      complaint("method:\n  adaptation: dtme\n").contains("has to be a transformer, such as vit-tiny, not resnet18"))
    let features = "network:\n  encoder: vit-tiny\nmethod:\n  adaptation: dtme\n  level: features\n"
    #expect(complaint(features).contains("level has to be parameters"))
    #expect(complaint("data:\n  tasks: [depth, depth]\n").contains("twice"))
    #expect(complaint("data:\n  height: 100\n").contains("multiples of 32"))
    #expect(complaint("data:\n  cropHeight: 64\n").contains("contradict"))
    #expect(complaint("data:\n  scale: [0.5, 2]\n").contains("cropHeight"))
    #expect(complaint("network:\n  dropPath: 0.1\n").contains("transformers"))
    #expect(complaint("network:\n  decoder: aspp\ntraining:\n  batchSize: 1\n").contains("at least 2"))
    #expect(complaint("optimizer:\n  warmUpSteps: 5\ntraining:\n  steps: 5\n").contains("warmUpSteps"))
    #expect(complaint("method:\n  aggregator: pcgrd\n").contains("Did you mean 'pcgrad'?"))
    #expect(complaint("method:\n  weighting: {name: uw, rate: 1}\n").contains("parameter of uw"))
    let both = "method:\n  schedule: connection-strength\n  adaptation: dtme\n"
    #expect(complaint(both).contains("no network has both"))
    let groups =
      "data:\n  tasks: [depth, edges]\nmethod:\n  schedule: {name: selective-groups, strategy: random, count: 3}\n"
    #expect(complaint(groups).contains("'count' is 3, but there are only 2 tasks"))
    #expect(complaint("data:\n  validationFolder: x\n").contains("data.folder"))
  }

  @Test func singleFieldsCanBeSet() throws {
    var configuration = Configuration()
    try configuration.apply(assignment: "training.steps=7")
    try configuration.apply(assignment: "optimizer.learningRate=1e-4")
    try configuration.apply(assignment: "data.tasks=[depth, normals]")
    try configuration.apply(assignment: "method.aggregator={name: pcgrad, order: ascending}")
    try configuration.apply(assignment: "method.aggregator.order=random")
    #expect(configuration.method.aggregator == MethodChoice("pcgrad", settings: ["order": .text("random")]))
    #expect {
      try configuration.apply(assignment: "method.agregator.order=random")
    } throws: {
      "\($0)".contains("Did you mean 'aggregator'?")
    }
    try configuration.apply(assignment: "method.aggregator.order=ascending")
    try configuration.apply(assignment: "method.aggregator={name: cagrad, c: 0.2}")
    try configuration.apply(assignment: "method.level=features")
    try configuration.apply(method: "equal")
    #expect(configuration.method.aggregator == Configuration().method.aggregator)
    #expect(configuration.method.level == .features)
    try configuration.apply(assignment: "method.level=parameters")
    try configuration.apply(method: "uw + pcgrad")
    #expect(configuration.training.steps == 7 && configuration.optimizer.learningRate == 1e-4)
    #expect(configuration.data.tasks == ["depth", "normals"])
    #expect(configuration.method.weighting.name == "uw" && configuration.method.aggregator.name == "pcgrad")
    for wrong in ["training.steps", "steps=3", "training.steps=x", "nothing.here=1"] {
      #expect(throws: ConfigurationError.self) { try configuration.apply(assignment: wrong) }
    }
    #expect(throws: MethodError.self) { try configuration.apply(method: "uw+unknown") }
    for wrong in ["pc grad", "uw pcgrad", "uw++pcgrad"] {
      #expect(throws: MethodError.self) { try configuration.apply(method: wrong) }
    }
    try configuration.apply(assignment: "workload={name: detection, channels: 16}")
    #expect(configuration.workload == MethodChoice("detection", settings: ["channels": .number(16)]))
    try configuration.apply(assignment: "workload=pixels")
    #expect(configuration.workload == MethodChoice("pixels"))
    #expect { try configuration.apply(assignment: "workload=[pixels]") } throws: {
      "\($0)".contains("'workload' is ['pixels'], but has to be a name")
    }
    for weights in ["depth:1,normals:2", "{depth: 1, normals: 2}"] {
      try configuration.apply(method: "manual")
      try configuration.apply(assignment: "method.weighting.weights=\(weights)")
      #expect(configuration.method.weighting.settings == ["weights": .numbers(["depth": 1, "normals": 2])])
    }
    #expect { try configuration.apply(assignment: "optimizer.milestones=[40, 60]") } throws: {
      "\($0)".contains("is ['40', '60'], but has to be a list of numbers from 0.0 to 1.0")
    }
  }
}
