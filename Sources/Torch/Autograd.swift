import CTorch
import Support

/// Runs a body without recording for autograd. The mode is that of the thread: do not suspend inside.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let was = ct_set_gradient_mode(false)
  defer { _ = ct_set_gradient_mode(was) }
  return try body()
}

/// Runs a body with recording for autograd, inside of ``withoutGradients(_:)``. The mode is that of the thread.
public func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let was = ct_set_gradient_mode(true)
  defer { _ = ct_set_gradient_mode(was) }
  return try body()
}

/// What happens to the recorded graph after differentiation.
public enum GraphUse: Sendable {
  /// It is freed.
  case release
  /// It is kept for another differentiation.
  case retain
  /// It is kept, and the gradients are recorded themselves: for second derivatives.
  case differentiate
}

/// Where the gradient of one leaf goes.
public struct GradientTarget {
  /// How a gradient is put into its destination.
  public enum Writing: Sendable {
    /// The gradient replaces what was there; zeros do where the leaf does not reach the outputs.
    case write
    /// The gradient is added to what was there.
    case add
  }

  /// A tensor that requires gradients and was not computed from others.
  public let leaf: Tensor
  /// Where the gradient goes: a tensor of the leaf's shape, dtype and device.
  public let destination: Tensor
  /// How the gradient is put there.
  public let writing: Writing

  /// Creates the target of a leaf's gradient.
  public init(_ leaf: Tensor, into destination: Tensor, _ writing: Writing = .write) {
    self.leaf = leaf
    self.destination = destination
    self.writing = writing
  }
}

/// Returns the gradients of the sum of `outputs` with respect to `inputs`; nil where an input does not reach them.
///
/// Outputs that were not recorded, or whose graph was freed, stop the process.
///
/// - Parameters:
///   - outputs: tensors that autograd has recorded.
///   - inputs: tensors that require gradients, or were computed from such.
///   - seeds: what each output's gradient starts as; defaults to ones, which need outputs of one element.
///   - graph: what happens to the recorded graph; defaults to freeing it.
public func gradients(
  of outputs: [Tensor], withRespectTo inputs: [Tensor], seeds: [Tensor?]? = nil, graph: GraphUse = .release
) -> [Tensor?] {
  var results = [OpaquePointer?](repeating: nil, count: inputs.count)
  let status = withExtendedLifetime((outputs, inputs, seeds)) {
    ct_gradients(
      outputs.map(\.optionalHandle), seeds.map { $0.map { $0?.handle } }, Int32(outputs.count),
      inputs.map(\.optionalHandle), Int32(inputs.count), graph != .release, graph == .differentiate, &results)
  }
  guard status == 0 else { stopDifferentiation(outputs, inputs) }
  return results.map { $0.map(Tensor.init) }
}

/// Returns the gradients of each output by itself, one backward pass for each; the graph is freed with the last.
///
/// - Returns: for each output the gradient of each input, of its shape; nil where an input does not reach the output.
public func gradientsOfEach(_ outputs: [Tensor], withRespectTo inputs: [Tensor]) -> [[Tensor?]] {
  outputs.enumerated().map { index, output in
    gradients(of: [output], withRespectTo: inputs, graph: index == outputs.count - 1 ? .release : .retain)
  }
}

/// Differentiates the sum of `outputs` and puts each leaf's gradient into its place as soon as it is known,
/// so that no second copy of all gradients exists.
///
/// - Parameters:
///   - outputs: tensors that autograd has recorded.
///   - targets: the leaves, and where their gradients go.
///   - seeds: what each output's gradient starts as; defaults to ones, which need outputs of one element.
///   - graph: what happens to the recorded graph; defaults to freeing it. It cannot be differentiated itself.
public func writeGradients(
  of outputs: [Tensor], to targets: [GradientTarget], seeds: [Tensor]? = nil, graph: GraphUse = .release
) {
  _ = takeGradients(of: outputs, withRespectTo: [], writing: targets, seeds: seeds, graph: graph)
}

/// Writes gradients as ``writeGradients(of:to:seeds:graph:)`` does, and hands out those of further leaves without a
/// copy.
///
/// - Returns: for each of `leaves` a contiguous gradient of its shape, whose memory is its own; zeros if it is not
///   reached.
public func takeGradients(
  of outputs: [Tensor], withRespectTo leaves: [Tensor], writing targets: [GradientTarget], seeds: [Tensor]? = nil,
  graph: GraphUse = .release
) -> [Tensor] {
  require(graph != .differentiate, "gradients written in place cannot be differentiated")
  let all = leaves + targets.map(\.leaf)
  // Asked for nothing, libtorch would give every leaf its gradient.
  guard !all.isEmpty else { return [] }
  var places = [OpaquePointer?](repeating: nil, count: leaves.count) + targets.map(\.destination.optionalHandle)
  let adds = [Bool](repeating: false, count: leaves.count) + targets.map { $0.writing == .add }
  let status = withExtendedLifetime((outputs, all, targets, seeds)) {
    ct_gradients_into(
      outputs.map(\.optionalHandle), seeds.map { $0.map(\.optionalHandle) }, Int32(outputs.count),
      all.map(\.optionalHandle), &places, adds, Int32(all.count), graph == .retain)
  }
  guard status == 0 else { stopDifferentiation(outputs, all) }
  return places.prefix(leaves.count).map { Tensor($0!) }
}

/// Returns which leaves the recorded graph of some outputs reaches. Nothing is computed.
///
/// - Parameters:
///   - outputs: tensors, of which those that autograd has not recorded reach no leaf.
///   - leaves: tensors that require gradients and were not computed from others.
///   - ends: tensors of the graph; what is reached only through them does not count.
/// - Complexity: linear in the size of the graph.
public func reachedLeaves(of outputs: [Tensor], among leaves: [Tensor], upTo ends: [Tensor] = []) -> [Bool] {
  var reached = [Bool](repeating: false, count: leaves.count)
  let recorded = outputs.filter(\.requiresGradient)
  guard !recorded.isEmpty, !leaves.isEmpty else { return reached }
  let ends = ends.filter(\.requiresGradient)
  let status = withExtendedLifetime((recorded, ends, leaves)) {
    ct_reaches(
      recorded.map(\.optionalHandle), Int32(recorded.count), ends.map(\.optionalHandle), Int32(ends.count),
      leaves.map(\.optionalHandle), Int32(leaves.count), &reached)
  }
  guard status == 0 else { stopDifferentiation(recorded, leaves) }
  return reached
}

private func stopDifferentiation(_ outputs: [Tensor], _ inputs: [Tensor]) -> Never {
  fatalError(
    "differentiating \(outputs.map(\.signature)) with respect to \(inputs.count) tensors: "
      + String(cString: ct_last_error()).trimmingNewlines)
}

extension Tensor {
  fileprivate var optionalHandle: OpaquePointer? { handle }
}
