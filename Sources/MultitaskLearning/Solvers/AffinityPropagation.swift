import Support

/// Clustering by messages between points, which choose their exemplars themselves.
///
/// A tiny fixed jitter breaks ties, so that the result is always the same.
///
/// - Source: Frey, Dueck, *Clustering by Passing Messages Between Data Points*, Science 2007; stopping, exemplars and
///   special cases are those of scikit-learn 1.9.
/// - Complexity: O(n²) an iteration.
public struct AffinityPropagation: Sendable {
  /// How much a point wants to be an exemplar; defaults to the median of all similarities.
  public var preference: Double?
  /// The fraction of the old messages in the new ones, from 0 to 1 (excluded).
  public var damping: Double
  /// Iterations after which it ends in any case.
  public var maximumIterations: Int
  /// Iterations without a change of exemplars after which it ends.
  public var convergence: Int

  /// - Parameters:
  ///   - preference: how much a point wants to be an exemplar; defaults to the median of all similarities.
  ///   - damping: the fraction of the old messages in the new ones, from 0 to 1 (excluded).
  ///   - maximumIterations: iterations after which it ends in any case, at least 0.
  ///   - convergence: iterations without a change of exemplars after which it ends, at least 1.
  public init(preference: Double? = nil, damping: Double = 0.5, maximumIterations: Int = 200, convergence: Int = 50) {
    require(
      (0..<1).contains(damping) && maximumIterations >= 0 && convergence >= 1,
      "AffinityPropagation: damping \(damping), \(maximumIterations) iterations, convergence \(convergence)")
    self.preference = preference
    self.damping = damping
    self.maximumIterations = maximumIterations
    self.convergence = convergence
  }

  /// The clusters that were found.
  public struct Result: Sendable, Equatable {
    /// Of each point, an index into `exemplars`.
    public let labels: [Int]
    /// The points that stand for their clusters, ascending.
    public let exemplars: [Int]
    /// Whether exemplars had settled when it ended.
    public let converged: Bool

    /// The clusters, points ascending.
    public var clusters: [[Int]] {
      exemplars.indices.map { cluster in labels.indices.filter { labels[$0] == cluster } }
    }
  }

  /// - Parameter similarity: n×n.
  /// - Returns: nil if no point wants to be an exemplar.
  public func callAsFunction(_ similarity: [[Double]]) -> Result? {
    let count = similarity.count
    let preference = preference ?? similarity.flatMap { $0 }.median ?? 0
    if let result = trivialResult(similarity, preference) { return result }
    var s = similarity
    for i in 0..<count { s[i][i] = preference }
    Self.addJitter(&s)
    var messages = Messages(count: count)
    var flags: [[Bool]] = []
    var converged = false
    for iteration in 0..<maximumIterations {
      messages.update(s, damping: damping)
      flags.append(messages.exemplarFlags)
      if flags.count > convergence { flags.removeFirst() }
      guard iteration >= convergence else { continue }
      if flags.allSatisfy({ $0 == flags[0] }) && flags[0].contains(true) {
        converged = true
        break
      }
    }
    let exemplars = (0..<count).filter { messages.exemplarFlags[$0] }
    guard !exemplars.isEmpty else { return nil }
    return Self.assigned(s, exemplars, converged: converged)
  }

  private func trivialResult(_ similarity: [[Double]], _ preference: Double) -> Result? {
    let count = similarity.count
    let others = similarity.indices.flatMap { i in similarity.indices.filter { $0 != i }.map { similarity[i][$0] } }
    guard count == 1 || others.allSatisfy({ $0 == others[0] }) else { return nil }
    if count > 1 && preference <= similarity[0][count - 1] || count == 1 {
      return Result(labels: [Int](repeating: 0, count: count), exemplars: [0], converged: true)
    }
    return Result(labels: Array(0..<count), exemplars: Array(0..<count), converged: true)
  }

  /// To the nearest exemplar; then each cluster's best member becomes its exemplar, and all are assigned again.
  private static func assigned(_ s: [[Double]], _ exemplars: [Int], converged: Bool) -> Result {
    func labels(_ exemplars: [Int]) -> [Int] {
      s.indices.map { point in
        if let own = exemplars.firstIndex(of: point) { return own }
        return exemplars.indices.max { (s[point][exemplars[$0]], -$0) < (s[point][exemplars[$1]], -$1) }!
      }
    }
    let first = labels(exemplars)
    let refined = exemplars.indices.map { cluster in
      let members = s.indices.filter { first[$0] == cluster }
      func sum(_ candidate: Int) -> Double { members.reduce(0) { $0 + s[$1][candidate] } }
      return members.max { (sum($0), -$0) < (sum($1), -$1) }!
    }
    let sorted = refined.sorted()
    return Result(labels: labels(sorted), exemplars: sorted, converged: converged)
  }

  /// A relative change of 1e-12 at most, from a hash of the position.
  private static func addJitter(_ s: inout [[Double]]) {
    let count = s.count
    for i in 0..<count {
      for k in 0..<count {
        let key = UInt32(truncatingIfNeeded: (i * count + k + 1)) &* 0x9E37_79B9
        s[i][k] *= 1 + 1e-12 * (Double(mixed(key)) * 0x1p-31 - 1)
      }
    }
  }

  /// MurmurHash3's finalizer.
  private static func mixed(_ value: UInt32) -> UInt32 {
    var h = value
    h = (h ^ (h >> 16)) &* 0x85EB_CA6B
    h = (h ^ (h >> 13)) &* 0xC2B2_AE35
    return h ^ (h >> 16)
  }
}

/// Responsibilities and availabilities.
private struct Messages {
  private let count: Int
  private var r: [[Double]]
  private var a: [[Double]]

  init(count: Int) {
    self.count = count
    r = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    a = r
  }

  var exemplarFlags: [Bool] { (0..<count).map { a[$0][$0] + r[$0][$0] > 0 } }

  mutating func update(_ s: [[Double]], damping: Double) {
    for i in 0..<count {
      // The largest sum, where it is, and the second largest.
      var (best, second, position) = (-Double.infinity, -Double.infinity, 0)
      for k in 0..<count {
        let sum = a[i][k] + s[i][k]
        if sum > best { (second, best, position) = (best, sum, k) } else if sum > second { second = sum }
      }
      for k in 0..<count {
        let new = s[i][k] - (k == position ? second : best)
        r[i][k] = damping * r[i][k] + (1 - damping) * new
      }
    }
    for k in 0..<count {
      var support = 0.0
      for j in 0..<count where j != k { support += max(0, r[j][k]) }
      for i in 0..<count {
        let new = i == k ? support : min(0, r[k][k] + support - max(0, r[i][k]))
        a[i][k] = damping * a[i][k] + (1 - damping) * new
      }
    }
  }
}
