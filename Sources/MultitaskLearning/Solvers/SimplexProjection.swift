import Support

/// The point of the simplex (no element below zero, the sum one) that is nearest to `y`.
///
/// - Source: Held, Wolfe, Crowder, *Validation of Subgradient Optimization*, Mathematical Programming 6, 1974: elements
///   above a threshold stay, less the threshold.
func projectionOnSimplex(_ y: Vector) -> Vector {
  var (threshold, sum) = (0.0, 0.0)
  for (index, value) in y.sorted(by: >).enumerated() {
    sum += value
    let candidate = (sum - 1) / Double(index + 1)
    if value > candidate { threshold = candidate }
  }
  return Vector(y.map { max(0, $0 - threshold) })
}
