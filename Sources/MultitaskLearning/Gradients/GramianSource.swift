import Support
import Torch

/// The tasks' gradients with respect to what they share, as far as most methods have to know them: the inner products of
/// the rows of G ∈ R^(K×d), and sums of the rows.
///
/// G itself need not be in memory for it: rows may lie on several machines, or be computed when they are asked for.
public protocol GramianSource {
  /// The number of rows, K.
  var taskCount: Int { get }

  /// `G Gᵀ`.
  var gramian: Gramian { get }

  /// A vector of d zeros, where the gradients live.
  func makeDirection() -> Tensor

  /// Writes `Gᵀ w`.
  ///
  /// - Parameters:
  ///   - weights: K numbers w.
  ///   - direction: d elements, all of which are replaced.
  func combine(_ weights: Vector, into direction: Tensor)

  /// The same gradients, which tell their parts from each other; nil if they do not, as by default.
  var segmented: (any SegmentedGradients)? { get }

  /// The same gradients, which show their single elements; nil if they do not, as by default.
  var elementwise: (any ElementwiseGradients)? { get }
}

extension GramianSource {
  /// No parts are told from each other, unless a source says so.
  public var segmented: (any SegmentedGradients)? { nil }
  /// No single elements are shown, unless a source says so.
  public var elementwise: (any ElementwiseGradients)? { nil }

  /// `Gᵀ w`, a new vector of d elements.
  ///
  /// - Parameter weights: K numbers w.
  public func combined(_ weights: some Sequence<Double>) -> Tensor {
    let direction = makeDirection()
    combine(Vector(weights), into: direction)
    return direction
  }
}

/// Gradients whose columns are known by what they belong to: inner products and sums within ranges of columns.
public protocol SegmentedGradients: GramianSource {
  /// The number of columns, d.
  var width: Int { get }

  /// What the columns belong to, in their order; empty if that is not known.
  var segments: [GradientSegment] { get }

  /// The inner products within each range of columns.
  func gramians(of ranges: [Range<Int>]) -> [Gramian]

  /// Writes `Gᵀ w`, with weights of its own for each range of columns.
  ///
  /// - Parameters:
  ///   - weights: K numbers for each range.
  ///   - ranges: columns, each of them in one range at most.
  ///   - direction: d elements; those outside of the ranges stay as they are.
  func combine(_ weights: [Vector], over ranges: [Range<Int>], into direction: Tensor)
}

extension SegmentedGradients {
  /// These gradients.
  public var segmented: (any SegmentedGradients)? { self }

  /// Writes `Gᵀ w`, with the same weights for all columns.
  public func combine(_ weights: Vector, into direction: Tensor) {
    combine([weights], over: [0..<width], into: direction)
  }

  /// As ``combine(_:over:into:)``, in a new vector.
  public func combined(_ weights: [Vector], over ranges: [Range<Int>]) -> Tensor {
    let direction = makeDirection()
    combine(weights, over: ranges, into: direction)
    return direction
  }
}

/// Gradients whose single elements can be looked at.
public protocol ElementwiseGradients: SegmentedGradients {
  /// Some columns of G, a new K×n matrix.
  func rows(in columns: Range<Int>) -> Tensor

  /// Writes, element by element, either the sum of the positive or that of the negative parts of the gradients.
  ///
  /// With `s = Σ g_i`, `t = Σ |g_i|`, a draw u and d the sign of `s − u t`: the positive parts add up to (t + s) / 2 and
  /// stay where d is 1, the negative ones to (s − t) / 2 and stay where d is −1.
  ///
  /// - Parameters:
  ///   - draws: u, a number from −1 to 1 for each element.
  ///   - leak: the fraction of every gradient that always passes.
  ///   - direction: d elements, all of which are replaced.
  func keepOneSign(_ draws: UniformDraws, leak: Double, into direction: Tensor)
}

extension ElementwiseGradients {
  /// These gradients.
  public var elementwise: (any ElementwiseGradients)? { self }
}
