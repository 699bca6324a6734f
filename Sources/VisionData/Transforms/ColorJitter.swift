/// A transform that changes brightness, contrast and saturation of the first three channels by random factors; further
/// channels and the ground truth stay. Images of fewer channels have no color, and stay as they are.
public struct ColorJitter: Transform {
  /// The strength, from 0 to 1: factors are drawn from 1 − strength to 1 + strength.
  public let strength: Float

  /// Creates a jitter of this strength.
  public init(strength: Float) { self.strength = strength }

  /// Draws three factors, and changes the first three channels of the image.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    guard strength > 0, sample.image.channels >= 3 else { return sample }
    let factors = (0..<3).map { _ in Float.random(in: (1 - strength)...(1 + strength), using: &generator) }
    var result = sample
    let count = sample.image.height * sample.image.width
    var mean: Float = 0
    for index in 0..<count { mean += result.image.luminance(index, count) }
    mean = mean / Float(count) * factors[0]
    for index in 0..<count {
      let gray = result.image.luminance(index, count) * factors[0]
      for channel in 0..<3 {
        var value = result.image.values[channel * count + index] * factors[0]
        value = gray + (value - gray) * factors[2]
        value = mean + (value - mean) * factors[1]
        result.image.values[channel * count + index] = min(1, max(0, value))
      }
    }
    return result
  }
}

extension PixelMap {
  /// The gray of a pixel, weighted as in Rec. 601.
  fileprivate func luminance(_ index: Int, _ count: Int) -> Float {
    0.299 * values[index] + 0.587 * values[count + index] + 0.114 * values[2 * count + index]
  }
}
