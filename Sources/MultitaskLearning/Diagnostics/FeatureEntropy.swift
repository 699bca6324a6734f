import Torch

/// How evenly the tasks use the shared features: the entropy, over tasks, of `|∂L_i/∂Z_j| / Σ_k |∂L_k/∂Z_j|`, averaged
/// over the elements j of Z. Zero where every feature serves one task (disentangled), `log K` where each serves all
/// alike.
///
/// - Parameter rows: K×d, the tasks' gradients with respect to the features.
/// - Source: the robust analysis of multi-task optimizers, section 6, equations 8 and 9. Elements that no task uses
///   count as zero.
public func featureEntropy(_ rows: Tensor) -> Double {
  let width = rows.shape[1]
  guard width > 0 else { return 0 }
  return withoutGradients {
    let sum = (0..<width).pieces(of: 1 << 15).reduce(0.0) { sum, columns in
      let sizes = rows[.all, columns].abs()
      let totals = sizes.sum(axes: [0])
      let fractions = sizes / (totals + (totals .== 0).to(rows.dtype))
      // 0 log 0 = 0.
      return sum - (fractions * fractions.clamped(min: 1e-38).log()).sum().item
    }
    return sum / Double(width)
  }
}

/// The fraction of the elements of Z that any task uses: those with a gradient. The ``featureEntropy(_:)`` divided by it is
/// the mean over these elements alone, which does not depend on how much of a map the losses look at.
///
/// - Parameter rows: K×d, the tasks' gradients with respect to the features.
public func usedFeatureFraction(_ rows: Tensor) -> Double {
  let width = rows.shape[1]
  guard width > 0 else { return 0 }
  return withoutGradients {
    let used = (0..<width).pieces(of: 1 << 15).reduce(0.0) { sum, columns in
      sum + (rows[.all, columns].abs().sum(axes: [0]) .> 0).to(.float64).sum().item
    }
    return used / Double(width)
  }
}
