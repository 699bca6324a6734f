import Foundation

/// A transform that changes brightness, contrast, saturation and hue of the first three channels, each with a probability
/// of one half; further channels and the ground truth stay. Images of fewer channels have no color, and stay as they are.
///
/// - Source: Liu et al., *SSD: Single Shot MultiBox Detector*, ECCV 2016, in the form of MMSegmentation's
///   `PhotoMetricDistortion`: contrast comes before saturation and hue, or after them, by another draw.
public struct PhotometricDistortion: Transform {
  /// The largest number that is added to colors from 0 to 1.
  public let brightness: Float
  /// The range of the factors on contrast.
  public let contrast: ClosedRange<Float>
  /// The range of the factors on saturation.
  public let saturation: ClosedRange<Float>
  /// The largest turn of the hue, in degrees.
  public let hue: Float

  /// Creates a distortion; the defaults are those of the source: 32 of 255, 0.5 to 1.5, and 18 of 180 steps of hue.
  ///
  /// - Parameters:
  ///   - brightness: the largest number that is added to colors from 0 to 1.
  ///   - contrast: the range of the factors on contrast.
  ///   - saturation: the range of the factors on saturation.
  ///   - hue: the largest turn of the hue, in degrees.
  public init(
    brightness: Float = 32 / 255, contrast: ClosedRange<Float> = 0.5...1.5, saturation: ClosedRange<Float> = 0.5...1.5,
    hue: Float = 36
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  /// Draws the changes, and applies them to the first three channels of the image.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    guard sample.image.channels >= 3 else { return sample }
    func draw(_ range: ClosedRange<Float>) -> Float? {
      Bool.random(using: &generator) ? .random(in: range, using: &generator) : nil
    }
    let added = draw(-brightness...brightness) ?? 0
    let isContrastFirst = Bool.random(using: &generator)
    let factor = draw(contrast) ?? 1
    let (strength, turn) = (draw(saturation) ?? 1, draw(-hue...hue) ?? 0)
    var result = sample
    let count = sample.image.height * sample.image.width
    for index in 0..<count {
      var color = SIMD3<Float>(
        result.image.values[index], result.image.values[count + index], result.image.values[2 * count + index])
      color = Self.clamped(color + added)
      if isContrastFirst { color = Self.clamped(color * factor) }
      if strength != 1 || turn != 0 { color = Self.turned(color, saturation: strength, hue: turn) }
      if !isContrastFirst { color = Self.clamped(color * factor) }
      for channel in 0..<3 { result.image.values[channel * count + index] = color[channel] }
    }
    return result
  }

  private static func clamped(_ color: SIMD3<Float>) -> SIMD3<Float> {
    color.clamped(lowerBound: .zero, upperBound: .one)
  }

  /// Returns a color whose saturation is multiplied, and whose hue is turned, at the same value (the largest component).
  private static func turned(_ color: SIMD3<Float>, saturation factor: Float, hue degrees: Float) -> SIMD3<Float> {
    let (value, range) = (color.max(), color.max() - color.min())
    guard value > 0, range > 0 else { return color }
    let hue: Float =
      if color.x == value {
        (color.y - color.z) / range
      } else if color.y == value {
        2 + (color.z - color.x) / range
      } else {
        4 + (color.x - color.y) / range
      }
    let chroma = value * min(1, range / value * factor)
    let turned = hue + degrees / 60
    // How far a component lies below the value, by its distance on the circle of hues.
    func component(_ offset: Float) -> Float {
      let raw = (offset + turned).truncatingRemainder(dividingBy: 6)
      let place = raw < 0 ? raw + 6 : raw
      return value - chroma * max(0, min(1, min(place, 4 - place)))
    }
    return SIMD3(component(5), component(3), component(1))
  }
}
