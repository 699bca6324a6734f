import Torch

/// G held in memory, for methods that look at single elements, too.
public final class DenseTaskGradients: TaskGradients {
  /// K×d. Their values have to stay as they are while this object is in use: the Gramian is kept.
  public let rows: Tensor
  public let segments: [GradientSegment]

  private let products: any RowProducts

  public init(rows: Tensor, segments: [GradientSegment] = []) {
    precondition(rows.rank == 2, "\(rows.signature) is no matrix of gradients")
    self.rows = rows
    self.segments = segments
    let hasKernels = rows.dtype == .float32 && rows.device == .cpu && rows.isContiguous
    products = hasKernels ? FastRowProducts(rows) : GeneralRowProducts(rows: rows)
  }

  public var taskCount: Int { rows.shape[0] }
  public var width: Int { rows.shape[1] }

  private var wholeGramian: Gramian?

  public var gramian: Gramian { wholeGramian ?? gramians(of: [0..<width])[0] }

  public func gramians(of ranges: [Range<Int>]) -> [Gramian] {
    let parts = products.innerProducts(of: ranges).map { Gramian(taskCount: taskCount, elements: $0) }
    // Ranges that cover everything know the whole, too: no second look at G.
    let coversAll =
      ranges.first?.lowerBound == 0 && ranges.last?.upperBound == width
      && zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
    if coversAll { wholeGramian = parts.dropFirst().reduce(parts[0], +) }
    return parts
  }

  public func combine(_ weights: [[Double]], over ranges: [Range<Int>], into direction: Tensor) {
    precondition(
      weights.count == ranges.count && weights.allSatisfy { $0.count == taskCount },
      "\(weights.map(\.count)) weights for \(taskCount) gradients in \(ranges.count) ranges")
    precondition(direction.shape == [width], "\(direction.signature) is no direction of \(width) elements")
    products.combine(weights, over: ranges, into: direction)
  }

  public func makeDirection() -> Tensor { .zeros([width], dtype: rows.dtype, device: rows.device) }

  /// Σ g_i and Σ |g_i|, element by element: two new vectors.
  func columnSums() -> (sum: Tensor, absolute: Tensor) { products.columnSums() }

  /// The columns in pieces that fit into a core's cache.
  var columnBlocks: [Range<Int>] { (0..<width).pieces(of: 1 << 15) }
}

extension Range<Int> {
  /// Neighbouring parts of at most this many elements.
  func pieces(of length: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: length).map { $0..<Swift.min(upperBound, $0 + length) }
  }
}
