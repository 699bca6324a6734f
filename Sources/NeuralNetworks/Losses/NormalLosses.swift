import Torch

/// Pixels whose three components are all known, batch × 1 × height × width of 0 and 1.
private func validPixels(_ target: Tensor, ignored: Double) -> Tensor {
  (target .!= ignored).to(.float32).min(axis: 1, keepingAxes: true)
}

extension Tensor {
  /// Vectors along axis 1 divided by their length (or by ε where they are shorter).
  public func normalizedVectors(epsilon: Double = 1e-12) -> Tensor {
    self / norm(axes: [1], keepingAxes: true).clamped(min: epsilon)
  }
}

/// The sum of absolute differences between unit normals, over the number of valid pixels.
///
/// Prediction: batch × 3 × height × width of any length; target: unit vectors.
///
/// - Source: the normals loss of the ViT family of multi-task networks. The CNN family divides by the number of
///   components instead, which is three times as many.
public struct NormalsL1: Loss {
  public enum Divisor: Sendable, Equatable {
    case pixels
    case components
  }

  public var divisor: Divisor
  public var ignored: Double

  public init(per divisor: Divisor = .pixels, ignored: Double = 255) {
    self.divisor = divisor
    self.ignored = ignored
  }

  public func labels(in target: Tensor) -> LabelCounts {
    LabelCounts(known: validPixels(target, ignored: ignored))
  }

  public func callAsFunction(_ prediction: Tensor, _ target: Tensor, balance: LabelCounts) -> Tensor {
    let valid = validPixels(target, ignored: ignored)
    let differences = (prediction.to(.float32).normalizedVectors() - target).abs()
    let loss = differences.filled(0, where: valid .== 0).averaged(over: valid)
    return divisor == .pixels ? loss : loss / 3
  }
}

/// One minus the cosine between predicted and true normal, averaged over the valid pixels.
///
/// - Source: the normals loss of the SegNet family of multi-task networks.
public struct NormalsCosine: Loss {
  public var ignored: Double

  public init(ignored: Double = 255) { self.ignored = ignored }

  public func labels(in target: Tensor) -> LabelCounts {
    LabelCounts(known: validPixels(target, ignored: ignored))
  }

  public func callAsFunction(_ prediction: Tensor, _ target: Tensor, balance: LabelCounts) -> Tensor {
    let valid = validPixels(target, ignored: ignored)
    let known = target.filled(0, where: (target .== ignored))
    let cosine = (prediction.to(.float32).normalizedVectors() * known).sum(axes: [1], keepingAxes: true)
    return ((1 - cosine) * valid).averaged(over: valid)
  }
}
