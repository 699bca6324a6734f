import Experiments
import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import VisionData
import VisionNetworks

/// Every encoder × way of sharing × decoder that the traits allow.
///
/// Trained are combinations of one small encoder of each family, so that every two parts that go together meet at least
/// once; the other encoders differ from these in size, and are counted. With `POLYMATH_WHOLE_TABLE=1`, all combinations
/// of the small encoders are trained with every method, and all others are counted, which takes about an hour by one
/// thread; with the names of encoders, separated by commas, those of these encoders are trained.
@Suite(.serialized, .timeLimit(.minutes(600))) struct NetworkTableTests {
  private static let wish = ProcessInfo.processInfo.environment["POLYMATH_WHOLE_TABLE"].flatMap {
    $0.isEmpty ? nil : $0
  }
  private static let isWhole = wish != nil
  private static let namedEncoders = wish == "1" ? nil : wish?.split(separator: ",").map(String.init)
  /// One of each family.
  private static let quickEncoders = ["vit_micro", "resnet20_quarter", "taskprompter_vit_micro"]
  /// Further families, whose networks take longer: one of them meets each way of sharing, and one each decoder.
  private static let slowEncoders = ["segnet", "resnet18_fpn", "hrnet_w18_small_v2"]
  /// As one of these, but with a pyramid, which gates alone treat in a way of their own.
  private static let fusedEncoder = "hrnet_w18_small_v2_fused"
  private static let stepCount = 3
  /// The encoders whose combinations are trained.
  private static var smallEncoders: [String] {
    namedEncoders ?? quickEncoders + slowEncoders + (isWhole ? [fusedEncoder] : [])
  }

  private static func configuration(_ combination: NetworkCombination, method: [String] = []) throws -> Configuration {
    let encoder = try EncoderRegistry.shared.require(combination.encoder)
    let decoder = try DecoderRegistry.shared.require(combination.decoder)
    let side = max(32, NetworkPlan.sizeMultiple(of: encoder, with: decoder))
    let isImageLevel = decoder.traits.has(.imageLevel)
    var configuration = Configuration()
    for change in [
      "data.trainingCount=4", "data.validationCount=1", "data.height=\(side)", "data.width=\(side)",
      "data.tasks=\(isImageLevel ? "[holds-sphere, top-uncovered]" : "[depth, edges]")",
      "workload=\(isImageLevel ? "attributes" : "pixels")", "network.encoder=\(combination.encoder)",
      "network.sharing=\(combination.sharing)", "network.decoder=\(combination.decoder)",
      "training.steps=\(stepCount)", "training.batchSize=2", "training.evaluateEvery=0", "training.checkpointEvery=0",
      "run.threads=1", "data.threads=1", "diagnostics.every=0",
    ] + method { try configuration.apply(assignment: change) }
    return configuration
  }

  /// The methods in turn: those at features only where tasks share these, and no others where parts learn at features.
  private static func methods(_ combination: NetworkCombination) throws -> [[String]] {
    let encoder = try EncoderRegistry.shared.require(combination.encoder)
    let sharing = try SharingRegistry.shared.require(combination.sharing).make(tasks: ["a", "b"])
    let atFeatures = ["mgda", "rotograd"].map { ["method.aggregator=\($0)", "method.level=features"] }
    if sharing.learnsFromFeatureGradients { return atFeatures }
    let hasFeatures = !sharing.partsStreams && !encoder.traits.has(.taskFeatures)
    return [[], ["method.aggregator=pcgrad"]] + (hasFeatures ? [atFeatures[0]] : [])
  }

  /// Few combinations in which every encoder meets every way of sharing and every decoder that it goes with, and every way
  /// of sharing meets decoders of all traits.
  private static func covering(_ combinations: [NetworkCombination]) -> [NetworkCombination] {
    var traits: [String: String] = [:]
    for entry in DecoderRegistry.shared.entries {
      let alike = DecoderRegistry.shared.entries.first { $0.traits == entry.traits }
      traits[entry.name] = alike?.name
    }
    func pairs(_ combination: NetworkCombination) -> Set<[String]> {
      let isSlow = slowEncoders.contains(combination.encoder)
      let encoder = isSlow ? "slow" : combination.encoder
      return [
        ["encoder", encoder, "sharing", combination.sharing], ["encoder", encoder, "decoder", combination.decoder],
        // Of slow encoders, the others' combinations count.
        isSlow ? [] : ["sharing", combination.sharing, "traits", traits[combination.decoder]!],
      ]
    }
    // In an order in which the slow encoders take turns.
    var generator = SeededGenerator(seed: 1)
    let combinations = combinations.shuffled(using: &generator)
    var missing = Set(combinations.flatMap(pairs))
    missing.remove([])
    var chosen: [NetworkCombination] = []
    for count in [3, 2, 1] {
      for combination in combinations where missing.intersection(pairs(combination)).count == count {
        chosen.append(combination)
        missing.subtract(pairs(combination))
      }
    }
    return chosen
  }

  @Test func combinationsTrain() throws {
    let all = NetworkCombination.all()
    #expect(Set(all).count == all.count && all.count > 2000)
    let encoders = Self.smallEncoders
    let small = all.filter { encoders.contains($0.encoder) }
    try #require(!encoders.isEmpty && Set(small.map(\.encoder)) == Set(encoders))
    if Self.namedEncoders == nil {
      #expect(Set(small.map(\.decoder)).count == DecoderRegistry.shared.names.count)
      #expect(Set(small.map(\.sharing)) == Set(all.map(\.sharing)))
    }
    let chosen = Self.isWhole ? small : Self.covering(small)
    // A way of sharing meets the methods one after another.
    var turns: [String: Int] = [:]
    var resumed: Set<[String]> = []
    for combination in chosen {
      let methods = try Self.methods(combination)
      let turn = turns[combination.sharing, default: 0]
      turns[combination.sharing] = turn + 1
      let chosenMethods = Self.isWhole ? methods : [methods[turn % methods.count]]
      // What a checkpoint holds of a part does not depend on the other parts.
      let parts = Set([
        ["encoder", combination.encoder], ["sharing", combination.sharing], ["decoder", combination.decoder],
      ])
      let isNew = Self.isWhole || !parts.isSubset(of: resumed)
      resumed.formUnion(parts)
      for method in chosenMethods {
        // What a checkpoint holds of a method does not depend on the network, so that the methods take turns.
        let isStopped = isNew && method == methods[turn % methods.count]
        do { try train(combination, method: method, stopping: isStopped) } catch {
          Issue.record("\(combination) with \(method): \(error)")
        }
      }
    }
    #expect(Self.namedEncoders != nil || turns.values.allSatisfy { $0 >= 3 })
  }

  /// Behind the last layer in which streams meet, a parameter is that of one task, and where that is depends on the maps
  /// that a decoder reads.
  @Test func gatesKnowWhichMapsAreRead() throws {
    for (encoder, decoder) in [
      (Self.slowEncoders[2], "last-map"), (Self.slowEncoders[2], "multi-scale"), (Self.fusedEncoder, "multi-scale"),
    ] {
      try train(NetworkCombination(encoder: encoder, sharing: "gates", decoder: decoder), method: [], stopping: false)
    }
  }

  /// Three steps in one go, and the same with a stop after the second; what comes of it is evaluated, predicts, and has
  /// the parameters that were counted.
  private func train(_ combination: NetworkCombination, method: [String], stopping: Bool) throws {
    try withTemporaryFolder { parent in
      let configuration = try Self.configuration(combination, method: method)
      let cost = try CostSubject(configuration).cost()
      #expect(cost.multiplyAdds > 0 && cost.tasks.count == 2, "\(combination)")
      let whole = RunFolder(parent.appendingPathComponent("whole"))
      #expect(try TrainingSession(configuration, folder: whole, existing: .refuse).run { false } == .finished)
      let expected = try losses(whole)
      #expect(expected.count == Self.stepCount, "\(combination) with \(method)")
      #expect(expected.allSatisfy { $0.count == 2 && $0.values.allSatisfy(\.isFinite) }, "\(combination)")
      if stopping {
        let parts = RunFolder(parent.appendingPathComponent("parts"))
        do {
          let session = try TrainingSession(configuration, folder: parts, existing: .refuse)
          #expect(try session.run { session.trainer.completedSteps == 2 } == .stopped(step: 2))
        }
        #expect(try TrainingSession(nil, folder: parts, existing: .resume).run { false } == .finished)
        #expect(try losses(parts) == expected, "\(combination) with \(method)")
      }
      let run = try TrainedRun(whole, checkpoint: .last)
      #expect(run.network.store.parameterCount == cost.parameterCount, "\(combination)")
      #expect(try run.evaluate().tasks.count == 2)
      let side = configuration.data.height
      let image = Picture(
        width: side, height: side, channels: 3,
        samples: .bits8((0..<(side * side * 3)).map { UInt8(truncatingIfNeeded: $0 * 7) }))
      #expect(try run.predict(image).map(\.task) == run.network.tasks, "\(combination)")
    }
  }

  private func losses(_ folder: RunFolder) throws -> [[String: Double]] {
    try SmallRuns.steps(folder).map(\.losses)
  }

  /// Networks that are too large to be trained here, with a decoder and a way of sharing in turn.
  @Test func combinationsAreCounted() throws {
    for (index, encoder) in EncoderRegistry.shared.entries.map(\.name).enumerated() {
      let allowed = NetworkCombination.all(of: encoder)
      #expect(!allowed.isEmpty)
      let chosen = Self.isWhole ? allowed : [allowed[index * 7 % allowed.count]]
      for combination in chosen {
        do {
          let method = try Self.methods(combination)[0]
          let cost = try CostSubject(Self.configuration(combination, method: method)).cost()
          #expect(cost.multiplyAdds > 0 && cost.parameterCount > 0, "\(combination)")
        } catch { Issue.record("\(combination): \(error)") }
      }
    }
  }

  @Test func whatTheTraitsExcludeIsRefusedWithAReason() throws {
    var refused = 0
    for encoder in ["vit_micro", "segnet", "resnet18_dilated", "taskprompter_vit_micro"] {
      let allowed = Set(NetworkCombination.all(of: encoder))
      for sharing in Set(NetworkCombination.all().map(\.sharing)).sorted() {
        for decoder in DecoderRegistry.shared.names {
          let combination = NetworkCombination(encoder: encoder, sharing: sharing, decoder: decoder)
          guard !allowed.contains(combination) else { continue }
          refused += 1
          let configuration = try Self.configuration(combination)
          #expect { try CostSubject(configuration) } throws: {
            "\($0)".contains("network.")
              && ["needs an encoder with", "share it hard", "turns the channels"].contains(where: "\($0)".contains)
          }
        }
      }
    }
    #expect(refused > 10)
  }
}
