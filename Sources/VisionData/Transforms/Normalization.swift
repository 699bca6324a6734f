/// Subtracts a mean and divides by a deviation, channel by channel.
public struct Normalization: Transform {
  public let mean: [Float]
  public let deviation: [Float]

  public init(mean: [Float], deviation: [Float]) {
    self.mean = mean
    self.deviation = deviation
  }

  /// The statistics of ImageNet, which published weights expect.
  public static let imageNet = Normalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  public func callAsFunction(
    _ sample: Sample, tasks: [VisionTask], using generator: inout some RandomNumberGenerator
  ) -> Sample {
    var result = sample
    result.image = callAsFunction(sample.image)
    return result
  }

  public func callAsFunction(_ image: PixelMap) -> PixelMap {
    var result = image
    let count = image.height * image.width
    for channel in 0..<image.channels {
      for index in (channel * count)..<((channel + 1) * count) {
        result.values[index] = (image.values[index] - mean[channel]) / deviation[channel]
      }
    }
    return result
  }
}
