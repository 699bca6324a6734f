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
  let different = Set(found.keys).union(expected.keys).filter { found[$0] != expected[$0] }
  #expect(
    different.isEmpty && !expected.isEmpty,
    "\(different.sorted().prefix(5).map { "\($0) is \(found[$0] ?? "absent"), not \(expected[$0] ?? "there")" })",
    sourceLocation: sourceLocation)
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
