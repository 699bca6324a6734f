import Support

/// How well one number predicts the order of another: the fraction of pairs that both put in the same order, folded to
/// at least one half (an order turned upside down predicts as well). Pairs that either cannot tell apart are left out.
///
/// - Returns: from 0.5 to 1; nil if no pair can be told apart.
/// - Source: the robust analysis of multi-task optimizers, section 5.
public func rankingSimilarity(_ a: [Double], _ b: [Double]) -> Double? {
  require(a.count == b.count, "\(a.count) numbers to be ranked beside \(b.count)")
  let told = a.indices.pairs.filter { i, j in a[i] != a[j] && b[i] != b[j] }
  guard !told.isEmpty else { return nil }
  let agreeing = told.count { i, j in (a[i] < a[j]) == (b[i] < b[j]) }
  let fraction = Double(agreeing) / Double(told.count)
  return max(fraction, 1 - fraction)
}
