import Torch

/// Where in a transformer the tasks want its tokens to change in opposite ways.
///
/// For every layer that the tasks enter together: the space that its input tokens span, and for each pair of tasks and both
/// parts of that space the number of samples whose gradients, with respect to these tokens, do not agree there.
///
/// - Source: the paper on token modulation and expansion, sections 4.1 and 4.2.
public struct TokenAnalysis: Codable, Sendable, Equatable {
  /// What was seen of one layer.
  public struct Layer: Codable, Sendable, Equatable {
    /// Of the tokens' uncentered covariance, largest first.
    public let eigenvalues: [Double]
    /// The number of dimensions of the range space.
    public let rangeDimension: Int
    /// Samples in conflict, tasks × tasks: symmetric, zero on the diagonal.
    public internal(set) var rangeConflicts: [[Int]]
    /// The same in the null space.
    public internal(set) var nullConflicts: [[Int]]

    /// Over all pairs.
    public var rangeConflictCount: Int { Self.count(rangeConflicts) }
    /// The conflicts in the null space, over all pairs.
    public var nullConflictCount: Int { Self.count(nullConflicts) }

    private static func count(_ conflicts: [[Int]]) -> Int { conflicts.joined().reduce(0, +) / 2 }
  }

  /// The names of the tasks.
  public let tasks: [String]
  /// How much more of the tokens the range space holds than the null space, r.
  public let ratio: Double
  /// The number of samples that were seen.
  public private(set) var sampleCount = 0
  /// The layers that the tasks enter together, in their order.
  public private(set) var layers: [Layer] = []

  /// The fraction of all samples and pairs of tasks that a layer's count is.
  public func share(ofConflicts count: Int) -> Double {
    Double(count) / Double(max(1, sampleCount * tasks.count * (tasks.count - 1) / 2))
  }

  /// Spaces need all data, conflicts need the spaces: a batch passes through the network twice, unless its gradients can
  /// wait for the spaces.
  ///
  /// - Parameters:
  ///   - tasks: the names of the tasks, in the order of the batches' losses.
  ///   - ratio: how much more of the tokens the range space holds than the null space, r, above zero.
  ///   - waitingBytes: how much memory gradients may wait in; the first batches' do, one batch's always unless it is 0.
  ///   - forEachBatch: a function that hands over the same batches each time.
  /// - Throws: ``MethodError`` without any data or with tokens that are not finite, ``NonFiniteError`` naming a task.
  public init(
    tasks: [String], ratio: Double, waitingBytes: Int = 512 << 20,
    forEachBatch: (_ body: (any TokenSharing) throws -> Void) throws -> Void
  ) throws {
    self.tasks = tasks
    self.ratio = ratio
    var covariances: [TokenCovariance] = []
    var waiting: [TokenGradients] = []
    var freeBytes = waitingBytes
    var batchCount = 0
    try forEachBatch { objective in
      var layer = 0
      func observe(_ tokens: Tensor) {
        if layer == covariances.count { covariances.append(TokenCovariance()) }
        covariances[layer].add(tokens)
        layer += 1
      }
      batchCount += 1
      let expectedBytes = waiting.last?.byteCount ?? 1
      guard waiting.count == batchCount - 1, expectedBytes <= freeBytes else {
        return withoutGradients { _ = objective.features(observing: observe) }
      }
      let gradients = try TokenGradients(objective, observing: observe)
      freeBytes -= gradients.byteCount
      waiting.append(gradients)
    }
    let spaces = try Self.spaces(covariances, ratio)
    let zeros = [[Int]](repeating: [Int](repeating: 0, count: tasks.count), count: tasks.count)
    layers = spaces.map {
      Layer(
        eigenvalues: $0.eigenvalues, rangeDimension: $0.rangeDimension, rangeConflicts: zeros, nullConflicts: zeros)
    }
    var toSkip = waiting.count
    while let gradients = waiting.popLast() { add(gradients, spaces) }
    guard toSkip < batchCount else { return }
    try forEachBatch { objective in
      guard toSkip == 0 else { return toSkip -= 1 }
      add(try TokenGradients(objective), spaces)
    }
  }

  private static func spaces(_ covariances: [TokenCovariance], _ ratio: Double) throws -> [TokenSpace] {
    guard !covariances.isEmpty else {
      throw MethodError("the tokens' spaces are unknown before any data were seen: at least one sample is needed")
    }
    return try covariances.enumerated().map { layer, covariance in
      let matrix = covariance.matrix
      guard withoutGradients({ matrix.sum().item }).isFinite else {
        throw MethodError("the tokens that enter layer \(layer) (from 0) are not finite: the network has diverged")
      }
      return TokenSpace(covariance: matrix, ratio: ratio)
    }
  }

  private mutating func add(_ gradients: TokenGradients, _ spaces: [TokenSpace]) {
    for (layer, space) in spaces.enumerated() {
      let products = space.products(gradients.byLayer[layer])
      let whole = zip(products.range, products.null).map { $0 + $1 }
      Self.count(products.range, of: whole, &layers[layer].rangeConflicts)
      // Nothing conflicts where there is no space.
      if space.nullDimension > 0 { Self.count(products.null, of: whole, &layers[layer].nullConflicts) }
    }
    sampleCount += gradients.sampleCount
  }

  /// Counts the pairs that do not agree in a space. A task without any gradient in a sample, for instance because the sample
  /// has no labels of it, disagrees with no other.
  ///
  /// - Parameters:
  ///   - products: samples × tasks × tasks, within the space.
  ///   - whole: the same without regard to spaces.
  private static func count(_ products: [Double], of whole: [Double], _ conflicts: inout [[Int]]) {
    let size = conflicts.count
    for start in stride(from: 0, to: products.count, by: size * size) {
      let tasks = (0..<size).filter { whole[start + $0 * size + $0] > 0 }
      for i in tasks {
        for j in tasks where i != j && products[start + i * size + j] <= 0 { conflicts[i][j] += 1 }
      }
    }
  }
}
