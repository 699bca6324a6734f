/// A transform that brings the image to a fixed size without a change of scale: around a smaller image, everything is
/// zero, and unknown; of a larger one, the middle remains.
///
/// After a ``Normalization``, zero is the mean color, as in the pipeline of Brüggemann et al., *Exploring Relational
/// Context for Multi-Task Dense Prediction*, ICCV 2021.
public struct CenterPadding: Transform {
  /// The height of the result, in pixels.
  public let height: Int
  /// The width of the result, in pixels.
  public let width: Int

  /// Creates a change to a size in pixels.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Pads the image and every target.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    let (rows, columns) = (sample.image.height - height, sample.image.width - width)
    guard rows != 0 || columns != 0 else { return sample }
    return sample.applying(.crop(row: rows / 2, column: columns / 2, height: height, width: width))
  }
}
