import Torch

extension Labels {
  /// The pixels whose vector is known, which have one channel in the mask.
  fileprivate var vectorCount: LabelCounts { LabelCounts(known: knownVectors, of: values.count / 3) }

  /// The sum over the pixels whose vector is known, divided by their number.
  fileprivate func mean(ofVectorSum sum: Tensor) -> Tensor {
    sum.divided(byCountOf: knownVectors, all: values.count / 3)
  }

  /// A vector is known if its three components are: batch × 1 × height × width.
  fileprivate var knownVectors: Tensor? {
    known.map { $0.shape[1] == 1 ? $0 : $0.to(.uint8).min(axis: 1, keepingAxes: true).to(.bool) }
  }
}

extension Tensor {
  /// Returns the vectors along axis 1 divided by their length, or by ε if they are shorter.
  public func normalizedVectors(epsilon: Double = 1e-12) -> Tensor {
    self / norm(axes: [1], keepingAxes: true).clamped(min: epsilon)
  }
}

/// The sum of absolute differences between unit normals, over the number of known pixels.
///
/// Prediction: batch × 3 × height × width of any length; target: unit vectors.
///
/// - Source: the normals loss of the ViT family of multi-task networks. The CNN family divides by the number of
///   components instead, which is three times as many.
public struct NormalsL1: Loss {
  /// The things whose number the sum is divided by.
  public enum Divisor: Sendable, Equatable {
    /// The pixels whose normal is known.
    case pixels
    /// The components of the known normals, three for each pixel.
    case components
  }

  /// The things whose number the sum is divided by.
  public var divisor: Divisor

  /// Creates the loss.
  public init(per divisor: Divisor = .pixels) { self.divisor = divisor }

  /// Counts the pixels whose vector is known.
  public func labelCounts(in target: Labels) -> LabelCounts { target.vectorCount }

  /// The sum of absolute differences over the number of known pixels or components.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    let differences = (prediction.to(.float32).normalizedVectors() - target.values).abs()
    let known = target.knownVectors.map { differences.filled(0, where: .!$0) } ?? differences
    let loss = target.mean(ofVectorSum: known.sum())
    return divisor == .pixels ? loss : loss / 3
  }
}

/// One minus the cosine between predicted and true normal, averaged over the known pixels.
///
/// Prediction: batch × 3 × height × width of any length; target: unit vectors.
///
/// - Source: the normals loss of the SegNet family of multi-task networks.
public struct NormalsCosine: Loss {
  /// Creates the loss.
  public init() {}

  /// Counts the pixels whose vector is known.
  public func labelCounts(in target: Labels) -> LabelCounts { target.vectorCount }

  /// One minus the cosine, averaged over the known pixels.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    let cosine = (prediction.to(.float32).normalizedVectors() * target.values).sum(axes: [1], keepingAxes: true)
    let losses = 1 - cosine
    return target.mean(
      ofVectorSum: (target.knownVectors.map { losses.filled(0, where: .!$0) } ?? losses).sum())
  }
}
