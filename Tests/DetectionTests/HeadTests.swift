import Detection
import NeuralNetworks
import TestSupport
import Testing
import Torch

@Suite struct HeadTests {
  /// One of torchvision's modules, made of this module's layers.
  private struct Case {
    let name: String
    /// The names of entries here and there, of which the latter begin alike.
    let names: [(String, String)]
    let make: (ParameterPath) -> ([Tensor]) -> [(String, Tensor)]
  }

  private static let context = ForwardContext.evaluation

  private static func pyramid(_ name: String, _ inputs: [Int]) -> Case {
    Case(
      name: name,
      names: inputs.indices.flatMap {
        [("fpn_lateral\($0 + 2)", "inner_blocks.\($0).0"), ("fpn_output\($0 + 2)", "layer_blocks.\($0).0")]
      }
    ) { path in
      let pyramid = FeaturePyramid(path, from: inputs, channels: 24)
      return { stages in
        let maps = pyramid(stages, context)
        return maps.enumerated().map { ("\($0)", $1) } + [("pool", FeaturePyramid.coarser(maps.last!))]
      }
    }
  }

  private static var cases: [Case] {
    [
      pyramid("fpn", [16, 32, 64, 128]), pyramid("fpn_odd_sizes", [16, 32]),
      Case(
        name: "rpn_head",
        names: [("conv", "conv.0.0"), ("objectness_logits", "cls_logits"), ("anchor_deltas", "bbox_pred")]
      ) { path in
        let head = ProposalHead(path, channels: 24, anchors: 3)
        return { maps in
          let outputs = maps.map { head.predictionMaps($0, context) }
          return outputs.enumerated().map { ("logits\($0)", $1.logits) }
            + outputs.enumerated().map { ("deltas\($0)", $1.deltas) }
        }
      },
      Case(name: "two_mlp_head", names: []) { path in
        let (first, second) = (Linear(path["fc6"], from: 588, to: 40), Linear(path["fc7"], from: 40, to: 40))
        return { [("y", second(first($0[0].flattened(from: 1), context).relu(), context).relu())] }
      },
      Case(name: "fast_rcnn_predictor", names: []) { path in
        let classes = Linear(path["cls_score"], from: 40, to: 3)
        let deltas = Linear(path["bbox_pred"], from: 40, to: 12)
        return { [("class_logits", classes($0[0], context)), ("box_deltas", deltas($0[0], context))] }
      },
      Case(name: "mask_heads", names: (0..<4).map { ("\($0)", "\($0).0") }) { path in
        let layers = (0..<4).map { RectifiedConvolution(path[$0], from: $0 == 0 ? 12 : 16, to: 16) }
        return { [("y", Sequential(layers)($0[0], context))] }
      },
      Case(name: "mask_predictor", names: [("deconv", "conv5_mask"), ("predictor", "mask_fcn_logits")]) { path in
        let predictor = MaskPredictor(path, channels: 16, masks: 2)
        return { [("y", predictor($0[0], context))] }
      },
    ]
  }

  @Test(arguments: [DType.float32, .float64]) func headsOfTheReference(_ dtype: DType) throws {
    let reference = try detectionReference("heads")["modules"]
    #expect(Self.cases.map(\.name).sorted() == reference.keys)
    for own in Self.cases {
      let record = reference[own.name]
      let store = ParameterStore(seed: 0, dtype: dtype)
      let head = own.make(store.root)
      store.layOut()
      let names = Dictionary(
        uniqueKeysWithValues: store.state.map { entry in
          let place = entry.name.prefix { $0 != "." }
          let other = own.names.first { $0.0 == place }?.1 ?? String(place)
          return (entry.name, other + entry.name.dropFirst(place.count))
        })
      #expect(names.values.sorted() == record["keys"].keys, "\(own.name)")
      FillFormula.fill(store) { names[$0]! }
      let inputs = record["inputs"].array.map { input in
        FillFormula.image(input["name"].string, input["shape"].ints).to(dtype)
      }
      for input in inputs { input.requiresGradient = true }
      let outputs = head(inputs)
      #expect(outputs.map(\.0).sorted() == record["out"].keys)
      var loss = Tensor.zeros([], dtype: dtype)
      for (name, output) in outputs {
        expectRecord(output, record["out"][name], "\(own.name) \(name)")
        let probe = Tensor(FillFormula.unit("probe", count: output.count), shape: output.shape).to(dtype)
        loss = loss + (output * probe).mean()
      }
      expectClose([loss.item], [record["probe_loss"].double], tolerance: dtype == .float64 ? 1e-10 : 1e-6, own.name)
      let entries = store.state.map { (names[$0.name]!, $0.tensor) } + inputs.enumerated().map { ("in\($0)", $1) }
      #expect(entries.map(\.0).sorted() == record["grad"].keys)
      for ((name, _), gradient) in paired(entries, gradients(of: [loss], withRespectTo: entries.map(\.1))) {
        expectRecord(gradient!, record["grad"][name], "\(own.name) \(name)")
      }
    }
  }

  /// No region: nothing is computed, but every parameter stays a part of the graph.
  @Test func headsOfNothing() {
    let store = ParameterStore(seed: 1)
    let boxHead = BoxHead(store.root, channels: 4)
    let coded = CodedBoxFeatures(store.root, channels: 4)
    let heads = HierarchicalHeads(store.root, channels: 4)
    store.layOut()
    let context = ForwardContext.training(RandomGenerator(seed: 0))
    let first = boxHead.firstFeatures(.zeros([0, 4, 7, 7]), context)
    let boxes = boxHead(firstFeatures: first, context)
    let output = heads(
      .zeros([0, 4, 14, 14]), coded: coded(first, context), for: Set(DetectionLoss.allCases), context)
    let tensors = [
      boxes.logits, boxes.deltas, output.visibleLogits!, output.amodalLogits!, output.occlusionLogits!,
    ]
    #expect(tensors.map(\.shape) == [[0, 2], [0, 4], [0, 1, 28, 28], [0, 1, 28, 28], [0, 2]])
    let sum = tensors.map { $0.sum() }.reduce(Tensor.zeros([])) { $0 + $1 }
    let parameters = store.allParameters.map(\.value)
    #expect(reachedLeaves(of: [sum], among: parameters).allSatisfy { $0 })
    for gradient in gradients(of: [sum], withRespectTo: parameters) { #expect(gradient!.squared().sum().item == 0) }
  }

  @Test func onlyWantedHeadsAreComputed() {
    let store = ParameterStore(seed: 1)
    let heads = HierarchicalHeads(store.root, channels: 4)
    store.layOut()
    let regions = RandomGenerator(seed: 3).normal([2, 4, 14, 14])
    let all = heads(regions, coded: regions, for: Set(DetectionLoss.allCases), .evaluation)
    let masks = heads(regions, coded: regions, for: [.visibleMask, .amodalMask], .evaluation)
    #expect(masks.occlusionLogits == nil)
    expectClose(masks.visibleLogits!, all.visibleLogits!, tolerance: 0)
    expectClose(masks.amodalLogits!, all.amodalLogits!, tolerance: 0)
    let last = heads(regions, coded: regions, for: [.occlusion], .evaluation)
    #expect(last.visibleLogits == nil && last.amodalLogits == nil)
    expectClose(last.occlusionLogits!, all.occlusionLogits!, tolerance: 0)
    #expect(heads(regions, coded: regions, for: [.objectBox], .evaluation).occlusionLogits == nil)
  }
}

/// Compares a tensor with a record of the reference: in single precision as everywhere, in double precision with the
/// statistics of the computation in that.
func expectRecord(_ tensor: Tensor, _ record: Reference, _ what: String) {
  guard tensor.dtype == .float64 else { return expect(tensor, matches: record, what) }
  let values = tensor.array(of: Double.self)
  let expected = record["f64"]
  let l2 = expected["l2"].double
  let probe = zip(values, FillFormula.unit("probe", count: values.count)).reduce(0) { $0 + $1.0 * $1.1 }
  #expect(tensor.shape == record["shape"].ints, "\(what)")
  expectClose(
    [values.reduce(0) { $0 + $1 * $1 }.squareRoot(), values.reduce(0) { max($0, abs($1)) }, probe],
    [l2, expected["absmax"].double, expected["probe_dot"].double], tolerance: 1e-9 * max(1, l2), what)
}
