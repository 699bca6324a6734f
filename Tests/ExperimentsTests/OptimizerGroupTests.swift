import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionData

import Experiments

/// `optimizer.groups` and `optimizer.decayNormsAndBiases`.
@Suite(.serialized) struct OptimizerGroupTests {
  private func configuration(_ groups: String) throws -> Configuration {
    var configuration = Configuration()
    try configuration.apply(assignment: "optimizer.groups=\(groups)")
    return configuration
  }

  private func complaint(_ groups: String) -> String {
    do {
      _ = try configuration(groups)
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func groupsComeBack() throws {
    let found = try configuration(
      "[{parameters: \"backbone.*\", learningRateFactor: 0.1}, {parameters: \"*.norm*\", weightDecay: 0}, {group: gates, optimizer: sgd, momentum: 0.5}, {parameters: heads, frozen: true}]"
    )
    #expect(
      found.optimizer.groups == [
        OptimizerGroupChoice(.names("backbone.*"), learningRateFactor: 0.1),
        OptimizerGroupChoice(.names("*.norm*"), weightDecay: 0),
        OptimizerGroupChoice(.group("gates"), optimizer: .sgd, momentum: 0.5),
        OptimizerGroupChoice(.names("heads"), isFrozen: true),
      ])
    #expect(try Configuration(yaml: found.yaml) == found)
    try found.check(availableTasks: Scenes.allTasks)
    #expect(Configuration().yaml.contains("  groups: []") && Configuration().yaml.contains("decayNormsAndBiases: true"))
    let block = try Configuration(
      yaml: "optimizer:\n  decayNormsAndBiases: false\n  groups:\n    - parameters: '*.bias'\n      frozen: yes\n")
    #expect(block.optimizer.groups == [OptimizerGroupChoice(.names("*.bias"), isFrozen: true)])
    #expect(!block.optimizer.decaysNormsAndBiases)
    #expect(try Configuration(yaml: block.yaml) == block)
  }

  @Test func mistakesAreNamed() {
    for (groups, answers) in [
      ("backbone", ["'optimizer.groups': 'backbone' is no list"]), ("[backbone]", ["'backbone' is no entry"]),
      ("[{paramters: a}]", ["unknown key 'paramters'", "Did you mean 'parameters'?"]),
      ("[{learningRateFactor: 2}]", ["either 'parameters'", "or 'group'"]),
      ("[{parameters: a, group: b}]", ["either 'parameters'", "or 'group'"]),
      ("[{parameters: a, learningRateFactor: -1}]", ["'learningRateFactor' is -1.0", "0.0 to 1000000.0"]),
      ("[{parameters: a, learningRateFactor: fast}]", ["'learningRateFactor' is 'fast'", "a number"]),
      ("[{parameters: a, learningRateFactor: nan}]", ["'learningRateFactor' is nan"]),
      ("[{parameters: a, weightDecay: 2}]", ["'weightDecay' is 2.0", "0.0 to 1.0"]),
      ("[{parameters: a, optimizer: adm}]", ["'optimizer' is 'adm'", "sgd, adam, adamw"]),
      ("[{parameters: a, optimizer: adam, momentum: 0.5}]", ["'momentum'", "optimizer: sgd"]),
      ("[{parameters: a, frozen: 3}]", ["'frozen' is '3'", "true or false"]),
      ("[{parameters: ''}]", ["the pattern '' cannot be one"]),
      ("[{parameters: a}, {parameters: a}]", ["the pattern 'a' stands there twice"]),
    ] {
      let found = complaint(groups)
      for answer in answers { #expect(found.contains(answer), "\(groups): \(found)") }
    }
    // Made in code.
    var configuration = Configuration()
    configuration.optimizer.groups = [OptimizerGroupChoice(.group("a"), weightDecay: .infinity)]
    #expect { try configuration.check(availableTasks: Scenes.allTasks) } throws: {
      "\($0)".contains("'optimizer.groups' is ")
    }
  }

  private func micro(_ changes: [String]) throws -> Configuration {
    var configuration = Configuration()
    for change in [
      "data.trainingCount=8", "data.validationCount=4", "data.height=32", "data.width=32", "network.encoder=vit_micro",
      "training.steps=4", "training.batchSize=2", "training.evaluateEvery=0", "training.checkpointEvery=0",
      "run.threads=2", "diagnostics.every=0", "data.tasks=[depth, normals]",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  @Test func whatTheNetworkLacksIsNamed() throws {
    try withTemporaryFolder { parent in
      for (groups, answers) in [
        ("[{parameters: \"backbon.*\", frozen: true}]", ["'backbon.*' matches no", "Did you mean 'backbone.*'?"]),
        ("[{parameters: \"*.nrm1.*\"}]", ["some have 'norm1'", "begin with: backbone"]),
        ("[{group: gates}]", ["unknown optimizer group 'gates'", "There are: default"]),
        ("[{parameters: \"*\"}, {parameters: \"backbone.*\"}]", ["'backbone.*' are those of earlier entries"]),
        ("[{parameters: \"*\", frozen: true}]", ["everything that the loss of 'depth' reaches is frozen"]),
      ] {
        let folder = RunFolder(parent.appendingPathComponent("run"))
        #expect(
          "\(groups)",
          performing: {
            _ = try TrainingSession(micro(["optimizer.groups=\(groups)"]), folder: folder, existing: .refuse)
          },
          throws: { error in
            error is ConfigurationError && "\(error)".contains("optimizer.groups: ")
              && answers.allSatisfy { "\(error)".contains($0) }
          })
        #expect(!FileManager.default.fileExists(atPath: folder.url.path))
      }
    }
  }

  /// A network that is trained again, with other groups.
  @Test func aLaterPlanReplacesTheGroups() throws {
    try withTemporaryFolder { parent in
      let first = try micro(["optimizer.groups=[{parameters: \"backbone.*\", frozen: true}]"])
      let session = try TrainingSession(
        first, folder: RunFolder(parent.appendingPathComponent("run")), existing: .refuse)
      let network = session.trainer.network
      func frozenNames() -> [String] { network.store.allParameters.filter(\.isFrozen).map(\.name) }
      #expect(!frozenNames().isEmpty)
      let second = try micro(["optimizer.groups=[{parameters: \"backbone.*\", learningRateFactor: 0.1}]"])
      let plan = try TrainingPlan(ResolvedConfiguration(second), for: network)
      #expect(plan.groups.groups.map(\.learningRateFactor) == [0.1])
      #expect(frozenNames().isEmpty)
      let other = try micro(["optimizer.groups=[{parameters: \"backbone.blocks.0.*\", frozen: true}]"])
      _ = try TrainingPlan(ResolvedConfiguration(other), for: network)
      #expect(!frozenNames().isEmpty && frozenNames().allSatisfy { $0.hasPrefix("backbone.blocks.0.") })
    }
  }

  /// A frozen backbone stays to the bit, at either level, and beside a faster head.
  @Test(arguments: ["parameters", "features"]) func aFrozenBackboneStays(_ level: String) throws {
    try withTemporaryFolder { parent in
      let session = try TrainingSession(
        micro([
          "method.aggregator=pcgrad", "method.level=\(level)",
          "optimizer.groups=[{parameters: \"backbone.*\", frozen: true}, {parameters: \"*depth*\", learningRateFactor: 3}]",
        ]), folder: RunFolder(parent.appendingPathComponent("run")), existing: .refuse)
      let store = session.trainer.network.store
      let before = store.state.map { ($0.name, $0.tensor.array(of: Float.self)) }
      #expect(try session.run { false } == .finished)
      for (name, values) in before {
        #expect((store.entry(name)!.array() == values) == name.hasPrefix("backbone."), "\(name)")
      }
    }
  }
}
