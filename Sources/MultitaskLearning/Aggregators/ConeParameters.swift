import Support

/// The parameters of the methods that project on the cone of directions that no task is against.
enum ConeParameters {
  static let regularizations = 0.0...1.0
  static let normEpsilons = 0.0...1e30

  static func check(_ method: String, _ regularization: Double, _ normEpsilon: Double) {
    require(
      regularizations.contains(regularization),
      "\(method): regularization is \(regularization), but has to be in \(regularizations)")
    require(
      normEpsilons.contains(normEpsilon), "\(method): normEpsilon is \(normEpsilon), but has to be at least 0")
  }

  static let all = [
    MethodParameter(
      "regularization", .real(regularizations), default: .number(1e-4),
      "added to the diagonal of the inner products with trace one; 0 for the projection itself"),
    MethodParameter(
      "normEpsilon", .real(normEpsilons), default: .number(0),
      "sum of squared norms below which gradients count as zero; public code has 1e-4"),
  ]
}
