import Support

/// A root of a continuous function between two points where its signs differ.
///
/// Inverse quadratic interpolation where it is safe, bisection otherwise: as sure as bisection, and some ten evaluations
/// where the function is smooth.
///
/// - Source: Chandrupatla, *A New Hybrid Quadratic/Bisection Algorithm for Finding the Zero of a Nonlinear Function*,
///   Advances in Engineering Software 28, 1997.
/// - Parameter tolerance: how far from a root the answer may be.
func bracketedRoot(
  from start: Double, to end: Double, tolerance: Double, of function: (Double) -> Double
) -> Double {
  // The newest point, the one on the root's other side, and the one before.
  var (a, b, c) = (end, start, start)
  var (fa, fb) = (function(a), function(b))
  require(fa * fb <= 0, "the signs at \(start) and \(end) do not differ")
  var fc = fb
  var step = 0.5
  for _ in 0..<200 {
    let x = a + step * (b - a)
    let fx = function(x)
    if (fx < 0) == (fa < 0) {
      (c, fc) = (a, fa)
    } else {
      (c, fc) = (b, fb)
      (b, fb) = (a, fa)
    }
    (a, fa) = (x, fx)
    let best = abs(fa) < abs(fb) ? a : b
    let limit = tolerance / abs(b - a)
    if limit > 0.5 || min(abs(fa), abs(fb)) == 0 { return best }
    let (xi, phi) = ((a - b) / (c - b), (fa - fb) / (fc - fb))
    let isSafe = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi
    step =
      isSafe
      ? fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
      : 0.5
    step = min(1 - limit, max(limit, step))
  }
  return a
}
