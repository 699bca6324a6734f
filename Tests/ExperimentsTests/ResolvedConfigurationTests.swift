import Foundation
import MultitaskLearning
import Support
import Synchronization
import TestSupport
import Testing
import Torch
import VisionData

import Experiments

/// What a configuration's names stand for is found once, in one place.
@Suite(.serialized) struct ResolvedConfigurationTests {
  @Test func partsAreFoundByTheirNames() throws {
    var configuration = Configuration()
    try configuration.apply(method: "uw+pcgrad")
    configuration.run.threads = 3
    let resolved = try ResolvedConfiguration(configuration)
    #expect(resolved.configuration == configuration && resolved.tasks == configuration.data.tasks)
    #expect(resolved.method.needsEachGradient && resolved.method.level == .parameters)
    #expect(resolved.device == .cpu && resolved.threadCount == 3)
    configuration.run.threads = 0
    #expect(try ResolvedConfiguration(configuration).threadCount == ProcessInfo.processInfo.activeProcessorCount)
  }

  @Test func whatIsWrongIsFoundBeforeDataAreOpened() {
    func complaint(_ changes: [String]) -> String {
      do {
        var configuration = Configuration()
        for change in ["data.folder=/nowhere"] + changes { try configuration.apply(assignment: change) }
        _ = try ResolvedConfiguration(configuration)
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(complaint([]) == "nothing")
    #expect(complaint(["workload=pixel"]).contains("Did you mean 'pixels'?"))
    #expect(complaint(["data.tasks=[depth, depth]"]).contains("names 'depth' twice"))
    #expect(complaint(["method.aggregator=pcgrd"]).contains("Did you mean 'pcgrad'?"))
    #expect(complaint(["optimizer.warmUpSteps=400"]).contains("leaves nothing of training.steps (400)"))
    // A pattern and a group whose names for optimizers would be one.
    let twice = complaint(["optimizer.groups=[{parameters: x}, {group: \"parameters:x\"}]"])
    #expect(twice.contains("the group 'parameters:x' stands there twice"), "\(twice)")
  }

  /// Statistics are over the samples that there are, not over the most that were allowed.
  @Test func aFolderOfOneTrainingSampleHasNoStatistics() throws {
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data")
      try DatasetWriter(data).write(Scenes(seed: 1, count: 3, height: 32, width: 32))
      var configuration = Configuration()
      configuration.data.folder = data.path
      for change in [
        "data.validationCount=2", "data.height=32", "data.width=32", "data.tasks=[depth]", "network.decoder=aspp",
      ] { try configuration.apply(assignment: change) }
      let run = RunFolder(parent.appendingPathComponent("run"))
      #expect { _ = try TrainingSession(configuration, folder: run, existing: .refuse) } throws: {
        "\($0)".contains("the decoder aspp normalizes over the batch") && "\($0)".contains("there is 1 sample")
      }
      #expect(!run.exists)
    }
  }

  /// All methods of a study have the same data.
  @Test func aStudyOpensItsDataOnce() throws {
    let counted = Counter()
    try DatasetReader.registry.add(
      DatasetReader(
        name: "counted-scenes", summary: "scenes", citation: "a test", license: "none", splits: [], needsFolder: false,
        recognizes: { _ in false },
        tasks: { _ in
          counted.add()
          return Scenes.allTasks
        }, open: { _ in fatalError("a study looks at its tasks alone") }))
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("study.yaml")
      try Data(
        "configuration: {data: {reader: counted-scenes}}\nmethods: [equal, uw, pcgrad, mgda]".utf8
      ).write(to: file)
      #expect(try Study(contentsOf: file).candidates.count == 4)
    }
    #expect(counted.count == 1)
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)

  var count: Int { value.withLock { $0 } }
  func add() { value.withLock { $0 += 1 } }
}
