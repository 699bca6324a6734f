import Support

/// How well one number predicts the order of another: the share of pairs that both put in the same order, folded to
/// at least one half (an order turned upside down predicts as well). Pairs that either cannot tell apart are left out.
///
/// - Returns: from 0.5 to 1; nil if no pair can be told apart.
/// - Source: the robust analysis of multi-task optimizers, section 5.
public func rankingSimilarity(_ a: [Double], _ b: [Double]) -> Double? {
  require(a.count == b.count, "\(a.count) numbers to be ranked beside \(b.count)")
  var (agreeing, counted) = (0, 0)
  for i in a.indices {
    for j in 0..<i where a[i] != a[j] && b[i] != b[j] {
      counted += 1
      if (a[i] < a[j]) == (b[i] < b[j]) { agreeing += 1 }
    }
  }
  guard counted > 0 else { return nil }
  let share = Double(agreeing) / Double(counted)
  return max(share, 1 - share)
}
