import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Networks in which tasks share an encoder by its stages, beside the numbers of public code.
@Suite(.serialized) struct StageSharingReferenceTests {
  private static let channels = ["semseg": 21, "human_parts": 7, "sal": 1, "normals": 3, "edge": 1]

  /// The networks of Vandenhende et al., whose names are those of this library but for the heads.
  @Test(arguments: [
    (
      "cross_stitch_resnet18_pascal",
      CrossStitchSharing(start: CrossStitchSharing.Start(own: 0.8, other: 0.05)) as any Sharing,
      DType.float32
    ),
    ("nddr_cnn_resnet18_pascal", NDDRSharing(), .float32),
    // In float32, some units are within rounding of zero.
    ("mtan_resnet18_pascal", AttentionSharing(), .float64),
  ])
  func dilatedResNet(_ name: String, _ sharing: any Sharing, _ dtype: DType) throws {
    let record = try reference(name)
    let shape = record["input_shape"].ints
    let tasks = record["tasks"].array.map(\.string)
    let network = MultitaskNetwork(
      NetworkPlan(
        encoder: EncoderRegistry.shared.entry("resnet18_dilated")!, sharing: sharing, decoder: ASPPHead.entry,
        outputs: tasks.map { TaskOutput(task: $0, channels: Self.channels[$0]!) },
        request: EncoderRequest(imageHeight: shape[2], imageWidth: shape[3])), seed: 0, dtype: dtype)
    let rename = { (name: String) in
      name.hasPrefix("decoders.")
        ? "heads." + name.dropFirst(9)
        : name.replacingOccurrences(of: "nddr.layer1.", with: "nddr.layer1_without_conv.")
    }
    #expect(network.store.parameterCount == record["parameters"].int)
    try expectEntries(network.store, matchList: "keys_\(name)", rename: rename)
    FillFormula.fill(network.store, rename: rename)
    let image = FillFormula.image(record["input_key"].string, shape).to(dtype)
    let all = Array(tasks.indices)
    let features = network.features(image, for: all, .evaluation)
    for key in record["intermediate"].keys {
      let parts = key.split(separator: ".").map(String.init)
      guard parts[0] != "attention_1", !key.hasPrefix("refine"), let task = tasks.firstIndex(of: parts.last!),
        let layer = Int(parts[1].suffix(1))
      else { continue }
      expect(features.maps(of: task)[layer - 1], matches: record["intermediate"][key], key, tolerance: 3)
    }
    let outputs = network.predictions(of: all, from: features, size: (shape[2], shape[3]), .evaluation)
    expectNetwork(
      network.store, record, image: image, outputs: Array(paired(tasks, outputs.map(\.output))), rename: rename)
  }

  @Test(arguments: StageSharingCase.all) func otherCode(_ kind: StageSharingCase) throws {
    let record = try reference(kind.name)
    let shape = record["input_shape"].ints
    let tasks = record["tasks"].array.map(\.string)
    let store = ParameterStore(seed: 0)
    let shared = kind.sharing.makeEncoder(
      try EncoderRegistry.shared.require(kind.encoder), at: store.root["backbone"],
      EncoderRequest(imageHeight: shape[2], imageWidth: shape[3]), tasks: tasks)
    let heads = paired(tasks, kind.channels).map { task, channels in
      kind.heads.make(store.root["heads"][task], inputs: shared.encoder.featureChannels.last!, channels: channels)
    }
    store.layOut()
    try expectNames(store, kind, tasks)
    fill(store, kind, tasks)
    let image = FillFormula.image(record["input_key"].string, shape)
    let maps = shared.encoder(image, ForwardContext.evaluation.for(tasks: tasks)).map { $0.byTask(count: tasks.count) }
    let outputs = heads.enumerated().map { task, head in
      kind.heads.transformed(head(maps.map { $0[task] }, (shape[2], shape[3])), task)
    }
    for (task, output) in paired(tasks, outputs) { expect(output, matches: record["outputs"][task], task) }
    expectGradients(store, kind, record["gradients"], tasks, outputs)
  }

  private func expectNames(_ store: ParameterStore, _ kind: StageSharingCase, _ tasks: [String]) throws {
    var expected = try keyList("keys_\(kind.name)")
    for name in kind.unused { #expect(expected.removeValue(forKey: name) != nil) }
    for (name, shape) in kind.whole {
      #expect(expected.removeValue(forKey: name) == shape.map(String.init).joined(separator: "x"))
    }
    let own = store.state.filter { kind.part($0.name, tasks) == nil }
    let found = Dictionary(
      uniqueKeysWithValues: own.map { name, tensor in
        (
          kind.rename(name, tasks),
          tensor.shape.isEmpty ? "scalar" : tensor.shape.map(String.init).joined(separator: "x")
        )
      })
    let different = Set(found.keys).union(expected.keys).filter { found[$0] != expected[$0] }
    #expect(different.isEmpty, "\(different.sorted().prefix(8))")
    let parts = store.state.compactMap { kind.part($0.name, tasks) }
    #expect(Set(parts.map { "\($0.entry) \($0.index)" }).count == parts.count)
  }

  private func fill(_ store: ParameterStore, _ kind: StageSharingCase, _ tasks: [String]) {
    let whole = kind.whole.mapValues { _ in [Float]() }
    let values = Dictionary(
      uniqueKeysWithValues: whole.keys.map {
        ($0, FillFormula.entry($0, kind.whole[$0]!).array(of: Float.self))
      })
    withoutGradients {
      for (name, tensor) in store.state {
        if let part = kind.part(name, tasks) {
          tensor.copy(from: Tensor([values[part.entry]![part.index]], shape: [1]))
        } else {
          tensor.copy(from: FillFormula.entry(kind.rename(name, tasks), tensor.shape))
        }
      }
    }
  }

  /// As in `expectNetwork`, with entries of the reference that are several here.
  private func expectGradients(
    _ store: ParameterStore, _ kind: StageSharingCase, _ record: Reference, _ tasks: [String], _ outputs: [Tensor]
  ) {
    let terms = outputs.map { output in
      (output * Tensor(FillFormula.unit("probe", count: output.count).map { Float($0) }, shape: output.shape)).mean()
    }
    let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
    let parameters = store.allParameters
    let found = gradients(of: [loss], withRespectTo: parameters.map(\.value))
    var byName: [String: [Double]] = kind.whole.mapValues { [Double](repeating: 0, count: $0.reduce(1, *)) }
    for (parameter, gradient) in paired(parameters, found) {
      guard let gradient else {
        Issue.record("the losses do not reach \(parameter.name)")
        continue
      }
      if let part = kind.part(parameter.name, tasks) {
        byName[part.entry]![part.index] = gradient.item
      } else if record["grad"].has(kind.rename(parameter.name, tasks)) {
        byName[kind.rename(parameter.name, tasks)] = gradient.array(of: Double.self)
      }
    }
    let expected = record["grad"]
    #expect(!expected.keys.isEmpty)
    for name in expected.keys {
      let values = byName[name]!
      let l2 = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let dot = zip(values, FillFormula.unit("probe", count: values.count)).reduce(0) { $0 + $1.0 * $1.1 }
      let allowed = 1e-3 * expected[name]["l2"].double
      #expect(abs(l2 - expected[name]["l2"].double) <= allowed, "gradient of \(name)")
      #expect(abs(dot - expected[name]["probe_dot"].double) <= allowed, "gradient of \(name)")
    }
  }

  @Test func firstValues() throws {
    let record = try reference("stitch_initialisation")
    let tasks = record["tasks"].array.map(\.string)
    let start = CrossStitchSharing.Start(own: record["alpha"].double, other: record["beta"].double)
    func store(_ sharing: any Sharing) throws -> ParameterStore {
      let store = ParameterStore(seed: 0)
      _ = sharing.makeEncoder(
        try EncoderRegistry.shared.require("resnet18"), at: store.root["backbone"],
        EncoderRequest(imageHeight: 64, imageWidth: 64), tasks: tasks)
      return store
    }
    let stitched = try store(CrossStitchSharing(start: start))
    let units = record["cross_stitch.layer1.cross_stitch_unit"]
    for receiver in tasks {
      for sender in tasks {
        let factors = stitched.entry("cross_stitch.layer1.cross_stitch_unit.\(receiver).\(sender).param")!
        #expect(factors.shape == [64])
        expectClose(
          factors.array(of: Double.self), [Double](repeating: units[receiver][sender].double, count: 64),
          tolerance: 1e-8)
      }
    }
    let joined = try store(NDDRSharing(start: start))
    let weights = record["nddr.conv.human_parts.0.weight"]
    let weight = joined.entry("nddr.conv.layer.human_parts.0.weight")!
    #expect(weight.shape == weights["shape"].ints)
    let rows = weight.reshaped([64, 320]).unbound().map { $0.array(of: Double.self) }
    for row in [0, 5] {
      var expected = [Double](repeating: 0, count: 320)
      for column in weights["row\(row)_nonzero"].keys {
        expected[Int(column)!] = weights["row\(row)_nonzero"][column].double
      }
      expectClose(rows[row], expected, tolerance: 1e-8)
    }
    #expect(joined.entry("nddr.conv.layer.edge.1.weight")!.min().item == 1)
    #expect(joined.entry("nddr.conv.layer.edge.1.bias")!.max().item == 0)
  }
}
