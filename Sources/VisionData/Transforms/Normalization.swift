import Support

/// A transform that subtracts a mean from the image and divides by a deviation, channel by channel; the ground truth
/// stays.
public struct Normalization: Transform {
  /// The means, one for each channel of an image.
  public let mean: [Float]
  /// The deviations, one for each channel of an image.
  public let deviation: [Float]

  /// Creates a normalization. Means and deviations of different number stop the process.
  ///
  /// - Parameters:
  ///   - mean: the means, one for each channel.
  ///   - deviation: the deviations, one for each channel.
  public init(mean: [Float], deviation: [Float]) {
    require(mean.count == deviation.count, "\(mean.count) means for \(deviation.count) deviations")
    self.mean = mean
    self.deviation = deviation
  }

  /// The statistics of ImageNet, which published weights expect.
  public static let imageNet = Normalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  /// Returns the statistics of ImageNet for three channels of color, and for a fourth one of depth those that map
  /// `near` to −2 and `far` to 2.
  ///
  /// - Parameters:
  ///   - near: the nearest depth, in meters.
  ///   - far: the farthest depth, in meters, above `near`.
  public static func imageNet(withDepthFrom near: Float, to far: Float) -> Normalization {
    imageNet.appendingDepth(from: near, to: far)
  }

  /// Returns the statistics with those of a further channel of depth, which map `near` to −2 and `far` to 2.
  ///
  /// - Parameters:
  ///   - near: the nearest depth, in meters.
  ///   - far: the farthest depth, in meters, above `near`.
  public func appendingDepth(from near: Float, to far: Float) -> Normalization {
    Normalization(mean: mean + [(near + far) / 2], deviation: deviation + [(far - near) / 4])
  }

  /// Normalizes the image; targets stay.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    var result = sample
    result.image = callAsFunction(sample.image)
    return result
  }

  /// Returns the normalized image, which has to have as many channels as there are means.
  public func callAsFunction(_ image: PixelMap) -> PixelMap {
    require(
      image.channels == mean.count,
      "statistics of \(mean.count) channels do not normalize an image of \(image.channels)")
    var result = image
    let count = image.height * image.width
    result.values.withUnsafeMutableBufferPointer { values in
      for channel in 0..<image.channels {
        let (mean, deviation) = (mean[channel], deviation[channel])
        for index in (channel * count)..<((channel + 1) * count) { values[index] = (values[index] - mean) / deviation }
      }
    }
    return result
  }
}
