import Torch

/// The backward passes of an update: from the losses of each part of the batch to one gradient in the workspace.
protocol DifferentiationRoute {
  /// How the losses of a part and their graphs are made.
  var graph: ForwardPass.Graph { get }

  /// Differentiates the losses of one part of the batch.
  ///
  /// - Parameters:
  ///   - scales: what each loss of the pass counts for: its weight, times the part's fraction of its labels.
  ///   - part: the number of the part of the batch.
  ///   - look: what is to be seen of the gradients, or nil.
  mutating func add(_ pass: ForwardPass, _ scales: [Double], part: Int, look: inout GradientLook?) throws

  /// Combines what the parts have left.
  ///
  /// - Returns: the inner products of the gradients of ``GradientWriter/tasks``, if the method needed them.
  mutating func finish(losses: [Double], look: inout GradientLook?) throws -> Gramian?
}
