import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Fills a network, and compares its outputs and gradients with a record: the loss is the sum over the outputs of
/// mean(output · probe).
///
/// - Parameter tolerance: the difference that gradients may have, as a fraction of their norm.
func expectNetwork(
  _ store: ParameterStore, _ reference: Reference, image: Tensor, outputs: [(String, Tensor)],
  tolerance: Double = 1e-3, rename: (String) -> String = { $0 }
) {
  #expect(!outputs.isEmpty)
  for (name, output) in outputs {
    let record = reference["outputs"][name]
    expect(output, matches: record, name)
  }
  guard reference.has("gradients") else { return }
  let terms = outputs.map { _, output in
    (output * Tensor(FillFormula.unit("probe", count: output.count).map { Float($0) }, shape: output.shape)).mean()
  }
  let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
  let expected = reference["gradients"]["grad"]
  let entries = Dictionary(uniqueKeysWithValues: store.state.map { (rename($0.0), $0.1) })
  let inputs = expected.keys.map { $0 == "input" ? image : entries[$0]! }
  for (name, gradient) in paired(expected.keys, gradients(of: [loss], withRespectTo: inputs)) {
    let l2 = gradient!.norm().item
    #expect(abs(l2 - expected[name]["l2"].double) <= tolerance * expected[name]["l2"].double, "gradient of \(name)")
    let probe = FillFormula.unit("probe", count: gradient!.count)
    let dot = zip(gradient!.array(of: Double.self), probe).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(
      abs(dot - expected[name]["probe_dot"].double) <= tolerance * expected[name]["l2"].double, "gradient of \(name)")
  }
}

extension DecoderRequest {
  /// What decoders behind an encoder are asked for, with images of a record's size.
  init(of encoder: some Encoder, _ outputs: [TaskOutput], _ reference: Reference) {
    let shape = reference["input_shape"].ints
    self.init(
      featureChannels: encoder.featureChannels, featureStrides: encoder.featureStrides, outputs: outputs,
      imageSize: (shape[2], shape[3]))
  }
}

/// The public code of networks that have losses in common.
enum LossFamily {
  case convolutional
  case transformers
}

/// Compares the losses on targets made by formula with a record.
///
/// - Parameter prefix: the beginning of the losses' names before those of the tasks.
/// - Returns: the losses.
@discardableResult
func expectLosses(
  _ reference: Reference, prefix: String = "", of family: LossFamily = .transformers, _ tasks: [String],
  _ outputs: [Tensor]
) -> [Double] {
  var losses: [Double] = []
  for (task, output) in paired(tasks, outputs) where reference["losses"].has(prefix + task) {
    let (batch, height, width) = (output.shape[0], output.shape[2], output.shape[3])
    let pixels = batch * height * width
    let hasVoid = family == .transformers || !["edge", "sal"].contains(task)
    let isVoid = FillFormula.unit("void.\(task)", count: pixels).map { $0 > 0.8 && hasVoid }
    let found: Double
    switch task {
    case "semseg", "human_parts":
      let t = FillFormula.unit("target.\(task)", count: pixels)
      let labels = zip(t, isVoid).map { $1 ? 255 : Int((($0 + 1) / 2 * Double(output.shape[1])).rounded(.down)) }
      found = CrossEntropy()(output, Labels(marked: Tensor(labels, shape: [batch, height, width]))).item
    case "depth":
      let t = FillFormula.unit("target.depth", count: pixels)
      let depths = zip(t, isVoid).map { $1 ? 255 : Float(5 + 4 * $0) }
      found = MaskedL1()(output, Labels(marked: Tensor(depths, shape: [batch, 1, height, width]))).item
    case "normals":
      let loss = NormalsL1(per: family == .convolutional ? .components : .pixels)
      found = loss(output, Labels(marked: normals(batch, height, width, isVoid), wholePixels: true)).item
    case "edge":
      let t = FillFormula.unit("target.edge", count: pixels)
      let edges = zip(t, isVoid).map { $1 ? 255 : Float($0 > 0.6 ? 1 : 0) }
      found =
        BalancedBinaryCrossEntropy(positiveWeight: .fixed(0.95))(
          output, Labels(marked: Tensor(edges, shape: [batch, 1, height, width]))
        ).item
    case "sal" where family == .convolutional:
      let t = FillFormula.unit("target.sal", count: pixels)
      let labels = Labels(Tensor(t.map { Float($0 > 0.2 ? 1 : 0) }, shape: [batch, 1, height, width]))
      found = BalancedBinaryCrossEntropy(positiveWeight: .negativeFraction)(output, labels).item
    default:
      let t = FillFormula.unit("target.sal", count: pixels)
      let labels = zip(t, isVoid).map { $1 ? 255 : ($0 > 0.2 ? 1 : 0) }
      found = BalancedCrossEntropy()(output, Labels(marked: Tensor(labels, shape: [batch, height, width]))).item
    }
    let record = reference["losses"][prefix + task].value
    let expected = (record as? NSNumber)?.doubleValue ?? Reference(record)["value"].double
    #expect(abs(found - expected) < 2e-5 * max(1, abs(expected)), "loss of \(prefix)\(task): \(found), not \(expected)")
    losses.append(found)
  }
  return losses
}

private func normals(_ batch: Int, _ height: Int, _ width: Int, _ isVoid: [Bool]) -> Tensor {
  let plane = height * width
  let t = FillFormula.unit("target.normals", count: batch * 3 * plane)
  var values = [Float](repeating: 255, count: t.count)
  for sample in 0..<batch {
    for pixel in 0..<plane where !isVoid[sample * plane + pixel] {
      let vector = (0..<3).map { t[(sample * 3 + $0) * plane + pixel] }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for axis in 0..<3 { values[(sample * 3 + axis) * plane + pixel] = Float(vector[axis] / length) }
    }
  }
  return Tensor(values, shape: [batch, 3, height, width])
}
