import Experiments
import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import VisionNetworks

/// Every encoder × way of sharing × decoder that the traits allow.
///
/// Trained are the smallest combination with each decoder, with each way of sharing, and with each encoder of fewer than 5
/// million parameters. Of all others of such encoders, some are drawn with a fixed seed.
@Suite(.serialized, .timeLimit(.minutes(5))) struct NetworkTableTests {
  private static let drawnCount = 6
  private static let largestCount = 5_000_000

  private func configuration(_ combination: NetworkCombination, method: [String] = []) throws -> Configuration {
    try configuration(combination.encoder, combination.sharing, combination.decoder, method: method)
  }

  private func configuration(
    _ encoderName: String, _ sharing: String, _ decoderName: String, method: [String] = []
  ) throws -> Configuration {
    let encoder = try EncoderRegistry.shared.require(encoderName)
    let decoder = try DecoderRegistry.shared.require(decoderName)
    let multiple = NetworkPlan.sizeMultiple(of: encoder, with: decoder)
    let side = max(32, multiple)
    let isImageLevel = decoder.traits.has(.imageLevel)
    var configuration = Configuration()
    for change in [
      "data.trainingCount=2", "data.validationCount=1", "data.height=\(side)", "data.width=\(side)",
      "data.tasks=\(isImageLevel ? "[holds-sphere, top-uncovered]" : "[depth, edges]")",
      "workload=\(isImageLevel ? "attributes" : "pixels")", "network.encoder=\(encoderName)",
      "network.sharing=\(sharing)", "network.decoder=\(decoderName)", "training.steps=1",
      "training.batchSize=2", "training.evaluateEvery=0", "training.checkpointEvery=0", "run.threads=2",
      "diagnostics.every=0",
    ] + method { try configuration.apply(assignment: change) }
    return configuration
  }

  /// The methods in turn; the last one only where tasks share features.
  private func methods(_ combination: NetworkCombination) throws -> [[String]] {
    let encoder = try EncoderRegistry.shared.require(combination.encoder)
    let sharing = try SharingRegistry.shared.require(combination.sharing).make(tasks: ["a", "b"])
    let hasFeatures = !sharing.partsStreams && !encoder.traits.has(.taskFeatures)
    return [[], ["method.aggregator=pcgrad"]]
      + (hasFeatures ? [["method.aggregator=mgda", "method.level=features"]] : [])
  }

  /// The number of parameters of each combination's network, counted without building it.
  private func parameterCounts(_ combinations: [NetworkCombination]) throws -> [NetworkCombination: Int] {
    var byEncoder: [String: Int] = [:]
    var counts: [NetworkCombination: Int] = [:]
    for combination in combinations {
      if byEncoder[combination.encoder] == nil {
        byEncoder[combination.encoder] = try CostSubject(configuration(combination)).cost().parameterCount
      }
      counts[combination] = byEncoder[combination.encoder]
    }
    return counts
  }

  @Test func everyCombinationTrains() throws {
    let all = NetworkCombination.all()
    #expect(Set(all).count == all.count && all.count > 200)
    let counts = try parameterCounts(all)
    let bySize = all.sorted { (counts[$0]!, $0.encoder) < (counts[$1]!, $1.encoder) }
    let small = bySize.filter { counts[$0]! < Self.largestCount }
    var chosen: [NetworkCombination] = []
    /// The smallest combination with each part that has none yet.
    func choose(_ candidates: [NetworkCombination], _ part: (NetworkCombination) -> String) {
      for combination in candidates where !chosen.contains(where: { part($0) == part(combination) }) {
        chosen.append(combination)
      }
    }
    choose(bySize, \.decoder)
    choose(bySize, \.sharing)
    choose(small, \.encoder)
    var generator = SeededGenerator(seed: 16)
    chosen += small.filter { !chosen.contains($0) }.shuffled(using: &generator).prefix(Self.drawnCount)
    for (index, combination) in chosen.enumerated() {
      let methods = try methods(combination)
      try train(combination, method: methods[index % methods.count])
    }
  }

  private func train(_ combination: NetworkCombination, method: [String]) throws {
    try withTemporaryFolder { folder in
      let configuration = try configuration(combination, method: method)
      let cost = try CostSubject(configuration).cost()
      #expect(cost.multiplyAdds > 0, "\(combination)")
      let session = try TrainingSession(
        configuration, folder: RunFolder(folder.appendingPathComponent("run")), existing: .refuse)
      #expect(try session.run { false } == .finished, "\(combination)")
      #expect(session.trainer.network.store.parameterCount == cost.parameterCount, "\(combination)")
      let losses = try MetricsLog.read(session.folder).compactMap {
        if case .step(let step) = $0 { step.losses } else { nil }
      }
      #expect(losses.count == 1 && losses.allSatisfy { $0.values.allSatisfy(\.isFinite) }, "\(combination)")
    }
  }

  @Test func whatTheTraitsExcludeIsRefusedWithAReason() throws {
    let allowed = Set(NetworkCombination.all())
    var refused = 0
    for encoder in ["vit_micro", "segnet", "resnet18_dilated", "taskprompter_vit_micro"] {
      for sharing in SharingRegistry.shared.names {
        for decoder in DecoderRegistry.shared.names {
          let isAllowed = allowed.contains {
            $0.encoder == encoder && $0.sharing == sharing && $0.decoder == decoder
          }
          let way = try? SharingRegistry.shared.require(sharing).make(tasks: ["a", "b"])
          guard !isAllowed, way != nil else { continue }
          refused += 1
          let configuration = try configuration(encoder, sharing, decoder)
          #expect { try CostSubject(configuration) } throws: {
            "\($0)".contains("network.")
              && ("\($0)".contains("needs an encoder with") || "\($0)".contains("share it hard"))
          }
        }
      }
    }
    #expect(refused > 10)
  }
}
