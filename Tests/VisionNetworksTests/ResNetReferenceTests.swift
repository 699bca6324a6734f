import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite(.serialized) struct ResNetReferenceTests {
  private func make(_ configuration: ResNet.Configuration) -> (store: ParameterStore, network: ResNet) {
    var configuration = configuration
    configuration.classes = 1000
    let store = ParameterStore(seed: 0)
    let network = ResNet(store.root, configuration)
    store.layOut()
    FillFormula.fill(store)
    return (store, network)
  }

  private func expectFeatures(_ network: ResNet, _ record: Reference, _ what: String) {
    withoutGradients {
      let features = network.maps(FillFormula.image("input", record["input"].ints), .evaluation)
      for (index, feature) in features.enumerated() {
        expect(feature, matches: record["out"]["layer\(index + 1)"], "\(what) layer\(index + 1)")
      }
      expect(network.logits(features, .evaluation), matches: record["out"]["logits"], "\(what) logits")
    }
  }

  @Test(arguments: [
    ("resnet18", ResNet.Configuration.resNet18), ("resnet50", .resNet50), ("resnet50_dilated", .resNet50.dilated),
  ])
  func features(_ name: String, _ configuration: ResNet.Configuration) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let (store, network) = make(configuration)
    try expectEntries(store, matchList: name == "resnet18" ? "keys_resnet18" : "keys_resnet50")
    for size in reference["eval"].keys { expectFeatures(network, reference["eval"][size], "\(name) \(size)") }
  }

  @Test func trainingUsesAndUpdatesStatistics() throws {
    let record = try Reference(contentsOf: resources.appendingPathComponent("resnet18.json"))["train"]
    let (store, network) = make(.resNet18)
    withoutGradients {
      let context = ForwardContext.training(RandomGenerator(seed: 0))
      let features = network.maps(FillFormula.image("input", record["input"].ints), context)
      for (index, feature) in features.enumerated() {
        expect(feature, matches: record["out"]["layer\(index + 1)"], "train layer\(index + 1)")
      }
    }
    for name in record["running_after"].keys {
      expect(store.entry(name)!, matches: record["running_after"][name], name)
    }
    #expect(store.entry("bn1.num_batches_tracked")!.item == 1)
  }

  @Test func gradientsOfTheReference() throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("resnet18.json"))["gradients"]
    for kind in reference.keys {
      let record = reference[kind]
      let (store, network) = make(.resNet18)
      let image = FillFormula.image(record["input_key"].string, record["input"].ints)
      image.requiresGradient = true
      let context = record["mode"].string == "train" ? ForwardContext.training(RandomGenerator(seed: 0)) : .evaluation
      let features = network.maps(image, context)
      let output = record["output"].string == "layer4" ? features[3] : network.logits(features, context)
      for lossName in record["losses"].keys {
        let expected = record["losses"][lossName]
        let loss =
          lossName == "mean_sq"
          ? output.squared().mean()
          : (output * Tensor(FillFormula.unit("probe", count: output.count), shape: output.shape)).mean()
        #expect(abs(loss.item - expected["loss"].double) < 1e-4 * max(1, abs(expected["loss"].double)), "\(kind)")
        let names = expected["grad"].keys
        let inputs = names.map { $0 == "input" ? image : store.entry($0)! }
        for (name, gradient) in paired(names, gradients(of: [loss], withRespectTo: inputs, graph: .retain)) {
          expectNorms(gradient!, expected["grad"][name], "\(kind) \(lossName) \(name)")
        }
      }
    }
  }

  /// Another processor may flip a unit that is within rounding of zero, so that norms and probes are compared, not
  /// single elements.
  private func expectNorms(_ tensor: Tensor, _ record: Reference, _ what: String) {
    let values = tensor.array(of: Double.self)
    let probe = FillFormula.unit("probe", count: values.count)
    let l2 = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let dot = zip(values, probe).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(tensor.shape == record["shape"].ints)
    #expect(abs(l2 - record["l2"].double) < 2e-3 * record["l2"].double, "\(what) l2")
    #expect(abs(dot - record["probe_dot"].double) < 2e-3 * record["l2"].double, "\(what) probe")
  }

  /// Networks for small images, in both kinds of shortcut; the code of the second calls its classifier `linear`.
  @Test(arguments: [
    ("resnet20_projection", ResNet.Configuration.Shortcut.projection, "fc."),
    ("resnet20_option_a", .padding, "linear."),
  ])
  func smallImages(_ name: String, _ shortcut: ResNet.Configuration.Shortcut, _ classifier: String) throws {
    let record = try reference(name)
    var configuration = ResNet.Configuration.resNet20
    configuration.shortcut = shortcut
    configuration.classes = 10
    let store = ParameterStore(seed: 0)
    let network = ResNet(store.root, configuration)
    store.layOut()
    let rename = { (name: String) in name.hasPrefix("fc.") ? classifier + name.dropFirst(3) : name }
    #expect(store.parameterCount == record["parameters"].int)
    try expectEntries(store, matchList: "keys_\(name)", rename: rename)
    FillFormula.fill(store, rename: rename)
    let image = FillFormula.image(record["input_key"].string, record["input_shape"].ints)
    image.requiresGradient = true
    let features = network.maps(image, .evaluation)
    for (layer, feature) in paired(record["intermediate"].keys, features) {
      expect(feature, matches: record["intermediate"][layer], layer)
    }
    expectNetwork(
      store, record, image: image, outputs: [("output", network.logits(features, .evaluation))], rename: rename)
  }

  /// A network of half the width has a quarter of the parameters of its convolutions, up to the channels of the image.
  @Test(arguments: ["resnet20", "resnet18"]) func narrowNetworks(_ name: String) throws {
    let strides = name == "resnet20" ? [1, 2, 4] : [4, 8, 16, 32]
    var counts: [Int] = []
    for (suffix, divisor) in [("", 1), ("_half", 2), ("_quarter", 4)] {
      let entry = try EncoderRegistry.shared.require(name + suffix)
      let store = ParameterStore(seed: 0)
      let encoder = entry.make(store.root, EncoderRequest(imageHeight: 64, imageWidth: 64))
      store.layOut()
      let maps = encoder.maps(.zeros([1, 3, 64, 64]), .evaluation)
      #expect(maps.map { $0.shape[1] } == strides.indices.map { ((name == "resnet20" ? 16 : 64) << $0) / divisor })
      #expect(maps.map { $0.shape[1] } == encoder.featureChannels)
      #expect(maps.map { 64 / $0.shape[2] } == strides && encoder.featureStrides == strides)
      counts.append(
        store.allParameters.filter { $0.shape.count == 4 && $0.name != "conv1.weight" }.reduce(0) {
          $0 + $1.value.count
        })
    }
    #expect(counts[0] == 4 * counts[1] && counts[1] == 4 * counts[2])
  }
}
