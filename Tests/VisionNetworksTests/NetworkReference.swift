import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

let resources = Bundle.module.bundleURL.appendingPathComponent("Resources")

func reference(_ name: String) throws -> Reference {
  try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
}

/// Fills a network, and compares its outputs and gradients with a record: the loss is the sum over the outputs of
/// mean(output · probe).
func expectNetwork(
  _ store: ParameterStore, _ reference: Reference, image: Tensor, outputs: [(String, Tensor)],
  rename: (String) -> String = { $0 }
) {
  #expect(Set(outputs.map(\.0)) == Set(reference["outputs"].keys) && outputs.count == reference["outputs"].keys.count)
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
    #expect(abs(l2 - expected[name]["l2"].double) < 1e-3 * expected[name]["l2"].double, "gradient of \(name)")
    let probe = FillFormula.unit("probe", count: gradient!.count)
    let dot = zip(gradient!.array(of: Double.self), probe).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(dot - expected[name]["probe_dot"].double) < 1e-3 * expected[name]["l2"].double, "gradient of \(name)")
  }
}

/// Entries of a state dict with their shapes, from a list of `name dtype shape` lines. The five entries of a
/// normalization may be one line, `name norm channels`.
func keyList(_ name: String, below prefix: String = "") throws -> [String: String] {
  let lines = try String(contentsOf: resources.appendingPathComponent("\(name).txt"), encoding: .utf8)
    .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  var entries: [String: String] = [:]
  for line in lines {
    let name = prefix + line[0]
    guard line[1] == "norm" else {
      entries[name] = line[2]
      continue
    }
    for entry in ["weight", "bias", "running_mean", "running_var"] { entries["\(name).\(entry)"] = line[2] }
    entries["\(name).num_batches_tracked"] = "scalar"
  }
  return entries
}

/// The state dict's names and shapes, against a list of them.
func expectEntries(
  _ store: ParameterStore, match expected: [String: String], rename: (String) -> String = { $0 },
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let found = Dictionary(
    uniqueKeysWithValues: store.state.map { name, tensor in
      (rename(name), tensor.shape.isEmpty ? "scalar" : tensor.shape.map(String.init).joined(separator: "x"))
    })
  let lacking = Set(expected.keys).subtracting(found.keys).sorted()
  let additional = Set(found.keys).subtracting(expected.keys).sorted()
  #expect(lacking.isEmpty, sourceLocation: sourceLocation)
  #expect(additional.isEmpty, sourceLocation: sourceLocation)
  let different = expected.keys.filter { found[$0] != nil && found[$0] != expected[$0] }.sorted()
  #expect(different.isEmpty && !expected.isEmpty, sourceLocation: sourceLocation)
}

/// The state dict's names and shapes, against a list of `name dtype shape` lines.
///
/// - Parameter unused: entries of the list that have no part in the network.
func expectEntries(
  _ store: ParameterStore, matchList name: String, unused: [String] = [], rename: (String) -> String = { $0 }
) throws {
  let expected = try keyList(name).filter { !unused.contains($0.key) }
  expectEntries(store, match: expected, rename: rename)
}
