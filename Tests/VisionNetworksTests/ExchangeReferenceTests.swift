import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Decoders over maps of convolutional networks that exchange features of tasks, beside numbers of public code.
@Suite(.serialized) struct ExchangeReferenceTests {
  /// A record, and the network that gives its numbers.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let encoder: String
    /// The list of the encoder's entries, and the beginning of their names.
    let body: (keys: String, prefix: String)
    /// The record with the list of all other entries.
    var keys: String { name.replacing("_train", with: "").replacing("_two_main", with: "") }
    var isPADNet: Bool { name.hasPrefix("pad_net") }
    var testDescription: String { name }

    static func hrnet(_ name: String) -> Case {
      Case(name: name, encoder: "hrnet_w18_small_v2", body: ("keys_hrnet_w18_small_v2", "backbone."))
    }
    static func fused(_ name: String) -> Case {
      Case(name: name, encoder: "hrnet_w18_small_v2_fused", body: ("keys_hrnet_w18_small_v2", "backbone.0."))
    }
    static func resNet(_ name: String) -> Case {
      Case(name: name, encoder: "resnet18", body: ("keys_resnet18", "backbone."))
    }
    static func pyramid(_ name: String) -> Case {
      Case(name: name, encoder: "resnet18_fpn", body: ("keys_resnet18", "backbone.body."))
    }
  }

  private static let lossWeights = ["semseg": 1.0, "depth": 1, "human_parts": 2, "sal": 5, "normals": 10, "edge": 50]

  @Test(arguments: [
    Case.hrnet("mti_net_hrnet18_nyud"), .hrnet("mti_net_hrnet18_nyud_two_main"), .hrnet("mti_net_hrnet18_nyud_train"),
    .hrnet("mti_net_hrnet18_pascal"), .pyramid("mti_net_resnet18_fpn_nyud"), .resNet("mti_net_resnet18_nyud"),
    .resNet("mti_net_resnet18_pascal"), .fused("pad_net_hrnet18_nyud"), .fused("pad_net_hrnet18_nyud_two_main"),
    .fused("pad_net_hrnet18_pascal"),
  ])
  func publicCode(_ kind: Case) throws {
    let record = try reference(kind.name)
    let network = try make(kind, record)
    #expect(network.store.parameterCount == record["parameters"].int)
    try expectEntries(network.store, match: keys(of: kind, record))
    FillFormula.fill(network.store)
    let shape = record["input_shape"].ints
    let image = FillFormula.image(record["input_key"].string, shape)
    let isTraining = record["mode"].string == "train"
    let context = isTraining ? ForwardContext.training(RandomGenerator(seed: 0)) : .evaluation
    let all = Array(network.tasks.indices)
    let features = network.features(image, for: all, context)
    let predictions = network.predictions(of: all, from: features, size: (shape[2], shape[3]), context)
    if record.has("intermediate") {
      for (index, map) in features.maps(of: 0).enumerated() {
        let name = kind.isPADNet ? "backbone.1" : "backbone.\(index)"
        expect(map, matches: record["intermediate"][name], name)
      }
    }
    if record.has("running_after") {
      for (name, expected) in paired(record["running_after"].keys, record["running_after"].keys) {
        expect(network.store.entry(name)!, matches: record["running_after"][expected], name)
      }
    } else {
      expectLosses(kind, record, network.tasks, predictions)
    }
    // An output of the record that only is an initial prediction has its own resolution.
    let finest = features.maps(of: 0)[0].shape
    let outputs = zip(network.tasks, predictions).flatMap { task, prediction in
      prediction.auxiliary.map { (name(of: $0.name, task, kind), $0.logits) }
        + (isFinal(task, record) ? [(task, prediction.output)] : [])
    }
    let initial = all.filter { !isFinal(network.tasks[$0], record) }
    let others = zip(
      initial, network.predictions(of: initial, from: features, size: (finest[2], finest[3]), context)
    ).map { task, prediction in
      (name(of: kind.isPADNet ? "initial" : "scale_0", network.tasks[task], kind), prediction.output)
    }
    #expect(Set((outputs + others).map(\.0)) == Set(record["outputs"].keys))
    expectNetwork(
      network.store, record, image: image, outputs: outputs + others, tolerance: isTraining ? 5e-3 : 1e-3)
  }

  private func isFinal(_ task: String, _ record: Reference) -> Bool {
    record["tasks"].array.map(\.string).contains(task)
  }

  private func name(of prediction: String, _ task: String, _ kind: Case) -> String {
    kind.isPADNet ? "\(prediction)_\(task)" : "deep_supervision.\(prediction).\(task)"
  }

  private func make(_ kind: Case, _ record: Reference) throws -> MultitaskNetwork {
    let shape = record["input_shape"].ints
    let final = record["tasks"].array.map(\.string)
    return MultitaskNetwork(
      NetworkPlan(
        encoder: try EncoderRegistry.shared.require(kind.encoder),
        decoder: kind.isPADNet ? PADNet.entry(finalTasks: final) : MTINet.entry(finalTasks: final),
        outputs: record["auxiliary_tasks"].array.map(\.string).map { task in
          let name = name(of: kind.isPADNet ? "initial" : "scale_0", task, kind)
          return TaskOutput(task: task, channels: record["outputs"][name]["shape"].ints[1])
        },
        request: EncoderRequest(imageHeight: shape[2], imageWidth: shape[3])), seed: 0)
  }

  /// Those of the whole network, without what belongs to final predictions that there are not.
  private func keys(of kind: Case, _ record: Reference) throws -> [String: String] {
    let body = try keyList(kind.body.keys, below: kind.body.prefix).filter { !$0.key.contains(".fc.") }
    let lacking = record["auxiliary_tasks"].array.map(\.string).filter { !isFinal($0, record) }
    return try body.merging(keyList("keys_\(kind.keys)")) { $1 }.filter { key, _ in
      !lacking.contains { key.hasPrefix("heads.\($0).") || key.contains("self_attention.\($0).") }
    }
  }

  private func expectLosses(_ kind: Case, _ record: Reference, _ tasks: [String], _ predictions: [TaskPrediction]) {
    var (total, count) = (0.0, 0)
    for (task, prediction) in paired(tasks, predictions) {
      let first = isFinal(task, record) ? "" : kind.isPADNet ? "deepsup_" : "scale_0_"
      let initial = prediction.auxiliary.map { (kind.isPADNet ? "deepsup_" : "\($0.name)_", $0.output) }
      for (prefix, output) in [(first, prediction.output)] + initial {
        let loss = VisionNetworksTests.expectLosses(record, prefix: prefix, of: .convolutional, [task], [output])
        #expect(loss.count == 1, "\(prefix)\(task)")
        total += loss[0] * Self.lossWeights[task]!
        count += 1
      }
    }
    #expect(count + 1 == record["losses"].keys.count)
    let expected = record["losses"]["total"].double
    #expect(abs(total - expected) < 2e-5 * expected, "\(total), not \(expected)")
  }
}
