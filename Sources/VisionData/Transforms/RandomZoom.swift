/// A transform that enlarges or shrinks the image by a random factor, as ``RandomScale`` does, and keeps its size: of a
/// larger image, a part remains; around a smaller one, everything is black, and unknown.
public struct RandomZoom: Transform {
  /// The place of the part that remains of an enlarged image.
  public enum Place: Sendable, Equatable {
    /// The middle.
    ///
    /// - Source: the augmentation of Maninis et al., *Attentive Single-Tasking of Multiple Tasks*, CVPR 2019.
    case center
    /// A random place.
    ///
    /// - Source: the augmentation of Liu et al., *End-to-End Multi-Task Learning with Attention*, CVPR 2019.
    case random
  }

  /// The factors.
  public let factors: ScaleFactors
  /// The place of the part that remains.
  public let place: Place

  /// Creates a zoom.
  ///
  /// - Parameters:
  ///   - factors: the factors.
  ///   - place: the place of the part that remains.
  public init(_ factors: ScaleFactors, at place: Place) {
    self.factors = factors
    self.place = place
  }

  /// Draws a factor and a place, and zooms the image and every target.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    let (height, width) = (sample.image.height, sample.image.width)
    let factor = factors.draw(using: &generator)
    guard factor != 1 else { return sample }
    let scaled = sample.applying(.scale(factor: factor))
    func start(_ rest: Int) -> Int {
      // A smaller image lies in the middle.
      place == .random && rest > 0 ? .random(in: 0...rest, using: &generator) : rest / 2
    }
    let (row, column) = (start(scaled.image.height - height), start(scaled.image.width - width))
    return scaled.applying(.crop(row: row, column: column, height: height, width: width))
  }
}
