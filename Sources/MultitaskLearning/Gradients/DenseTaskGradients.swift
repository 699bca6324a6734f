import Support
import Torch

/// G held in memory, for methods that look at single elements, too.
public final class DenseTaskGradients: ElementwiseGradients {
  /// The number of rows, K.
  public let taskCount: Int
  /// The number of columns, d.
  public let width: Int
  /// What the columns belong to, in their order; empty if that is not known.
  public let segments: [GradientSegment]
  /// The dtype of the rows.
  public let dtype: DType
  /// Where the rows are.
  public let device: Device

  /// Of what each segment is the gradient of.
  private let shapes: [[Int]]
  private let blocks: [GradientBlock]
  private let products: any RowProducts
  private var wholeGramian: Gramian?

  /// The rows of a matrix.
  ///
  /// - Parameters:
  ///   - rows: K×d. Their values have to stay as they are while this object is in use: the Gramian is kept.
  ///   - segments: what the columns belong to, in their order; defaults to an empty list, if that is not known.
  public convenience init(rows: Tensor, segments: [GradientSegment] = []) {
    require(rows.rank == 2, "\(rows.signature) is no matrix of gradients")
    let width = rows.shape[1]
    let block = GradientBlock(columns: 0..<width, rows: (0..<rows.shape[0]).map { rows[$0] })
    self.init(blocks: [block], width: width, segments: segments)
  }

  /// - Parameters:
  ///   - blocks: in the order of their columns, one at least. Their values have to stay as they are while this object is in use.
  ///   - width: the number of all columns; those of no block are zeros.
  ///   - segments: what the columns belong to, in their order.
  ///   - shapes: of what each segment is the gradient of; defaults to vectors.
  package init(blocks: [GradientBlock], width: Int, segments: [GradientSegment], shapes: [[Int]]? = nil) {
    require(
      blocks.allSatisfy { $0.rows.count == blocks[0].rows.count && !$0.rows.isEmpty }
        && zip(blocks, blocks.dropFirst()).allSatisfy { $0.columns.upperBound <= $1.columns.lowerBound },
      "blocks of \(blocks.map { "\($0.rows.count) rows in \($0.columns)" }) are no matrix")
    self.blocks = blocks
    let first = blocks[0].rows[0]
    taskCount = blocks[0].rows.count
    self.width = width
    self.segments = segments
    self.shapes = shapes ?? segments.map { [$0.columns.count] }
    (dtype, device) = (first.dtype, first.device)
    let hasKernels = blocks.allSatisfy { block in
      block.rows.allSatisfy { $0.dtype == .float32 && $0.device == .cpu && $0.isContiguous }
    }
    products = hasKernels ? FastRowProducts(blocks: blocks) : GeneralRowProducts(blocks: blocks)
  }

  /// The matrix of some of the rows.
  func rows(_ tasks: [Int]) -> DenseTaskGradients {
    DenseTaskGradients(
      blocks: blocks.map { block in GradientBlock(columns: block.columns, rows: tasks.map { block.rows[$0] }) },
      width: width, segments: segments, shapes: shapes)
  }

  /// `G Gᵀ`, computed once.
  public var gramian: Gramian { wholeGramian ?? gramians(of: [0..<width])[0] }

  /// The inner products within each range of columns. Of ranges that cover all columns, the whole Gramian is kept, too.
  public func gramians(of ranges: [Range<Int>]) -> [Gramian] {
    let parts = products.innerProducts(of: ranges).map { Gramian(taskCount: taskCount, elements: $0) }
    // Ranges that cover everything know the whole, too: no second look at G.
    let coversAll =
      ranges.first?.lowerBound == 0 && ranges.last?.upperBound == width
      && zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
    if coversAll { wholeGramian = parts.dropFirst().reduce(parts[0], +) }
    return parts
  }

  /// Writes `Gᵀ w`, with weights of its own for each range of columns.
  public func combine(_ weights: [Vector], over ranges: [Range<Int>], into direction: Tensor) {
    require(
      weights.count == ranges.count && weights.allSatisfy { $0.count == taskCount },
      "\(weights.map(\.count)) weights for \(taskCount) gradients in \(ranges.count) ranges")
    require(direction.shape == [width], "\(direction.signature) is no direction of \(width) elements")
    products.combine(weights, over: ranges, into: direction)
  }

  /// A vector of d zeros, of the rows' dtype and device.
  public func makeDirection() -> Tensor { .zeros([width], dtype: dtype, device: device) }

  /// The parts of a direction that belong to the segments, in the shapes of what they are the gradients of.
  ///
  /// - Parameter direction: d elements.
  /// - Returns: views, which share the direction's memory.
  public func parts(of direction: Tensor) -> [Tensor] {
    require(direction.shape == [width], "\(direction.signature) is no direction of \(width) elements")
    return zip(segments, shapes).map { segment, shape in
      direction.narrowed(axis: 0, from: segment.columns.lowerBound, count: segment.columns.count).viewed(shape)
    }
  }

  /// Some columns of G, a new K×n matrix.
  public func rows(in columns: Range<Int>) -> Tensor {
    let matrix = Tensor.zeros([taskCount, columns.count], dtype: dtype, device: device)
    withoutGradients {
      for part in blocks.parts(of: [columns], length: .max) {
        let place = part.columns.counted(from: columns.lowerBound)
        for (task, row) in blocks[part.block].rows.enumerated() {
          matrix[task][place].copy(from: row[part.offsets(in: blocks)])
        }
      }
    }
    return matrix
  }

  /// Writes, element by element, either the sum of the positive or that of the negative parts of the gradients.
  public func keepOneSign(_ draws: UniformDraws, leak: Double, into direction: Tensor) {
    require(direction.shape == [width], "\(direction.signature) is no direction of \(width) elements")
    if case .given(let numbers) = draws {
      require(numbers.count == width, "\(numbers.count) draws for gradients of \(width) elements")
    }
    products.keepOneSign(draws, leak: leak, into: direction)
  }
}
