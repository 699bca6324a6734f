import Testing
import Torch

// Comparisons that check counts and shapes before numbers: `zip` alone passes on an empty result. What has nothing to
// compare fails, too.

/// Expects two lists of equally many numbers that differ by no more than a tolerance.
///
/// - Parameter what: which comparison this is, for messages.
public func expectClose(
  _ found: some Collection<some BinaryFloatingPoint>, _ expected: some Collection<some BinaryFloatingPoint>,
  tolerance: Double, _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = listDifference(found.map { Double($0) }, expected.map { Double($0) }, tolerance: tolerance)
  report(difference, what(), sourceLocation)
}

/// Expects two lists of lists of the same shape, whose numbers differ by no more than a tolerance.
public func expectClose(
  _ found: [[some BinaryFloatingPoint]], _ expected: [[some BinaryFloatingPoint]], tolerance: Double,
  _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.map(\.count) == expected.map(\.count) else {
    report("lists of \(found.map(\.count)) numbers, not \(expected.map(\.count))", what(), sourceLocation)
    return
  }
  let difference = listDifference(
    found.joined().map { Double($0) }, expected.joined().map { Double($0) }, tolerance: tolerance)
  report(difference, what(), sourceLocation)
}

/// Expects two lists in which the same numbers are absent, and the others differ by no more than a tolerance.
public func expectClose(
  _ found: [Double?], _ expected: [Double?], tolerance: Double, _ what: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.map({ $0 == nil }) == expected.map({ $0 == nil }) else {
    report("\(found), not \(expected)", what(), sourceLocation)
    return
  }
  let difference = listDifference(found.compactMap { $0 }, expected.compactMap { $0 }, tolerance: tolerance)
  report(difference, what(), sourceLocation)
}

/// Expects two tensors of the same shape, whose elements differ by no more than a tolerance.
public func expectClose(
  _ found: Tensor, _ expected: Tensor, tolerance: Double, _ what: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.shape == expected.shape else {
    report("a tensor of shape \(found.shape), not \(expected.shape)", what(), sourceLocation)
    return
  }
  let difference = withoutGradients { () -> String? in
    listDifference(found.to(.float64).array(), expected.to(.float64).array(), tolerance: tolerance)
  }
  report(difference, what(), sourceLocation)
}

/// The elements of two collections side by side, which have to be equally many, and one at least.
public func paired<A: Collection, B: Collection>(
  _ first: A, _ second: B, sourceLocation: SourceLocation = #_sourceLocation
) -> Zip2Sequence<A, B> {
  #expect(first.count == second.count, "these do not go in pairs", sourceLocation: sourceLocation)
  #expect(!first.isEmpty, "there is nothing to compare", sourceLocation: sourceLocation)
  return zip(first, second)
}

/// How two lists differ; nil if they do not.
private func listDifference(_ found: [Double], _ expected: [Double], tolerance: Double) -> String? {
  guard found.count == expected.count else { return "\(found.count) numbers, not \(expected.count)" }
  guard !expected.isEmpty else { return "there is nothing to compare" }
  // Written so that a number that is not one differs from all.
  let wrong = expected.indices.filter {
    !(found[$0] == expected[$0] || abs(found[$0] - expected[$0]) <= tolerance)
  }
  guard let first = wrong.first else { return nil }
  return "\(wrong.count) of \(found.count) numbers are off by more than \(tolerance), "
    + "such as number \(first) (from 0): \(found[first]), not \(expected[first])"
}

private func report(_ difference: String?, _ what: String, _ sourceLocation: SourceLocation) {
  guard let difference else { return }
  Issue.record("\(what.isEmpty ? "" : what + ": ")\(difference)", sourceLocation: sourceLocation)
}
