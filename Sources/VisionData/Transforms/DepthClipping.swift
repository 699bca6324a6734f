import Support

/// A transform that limits the depth of an image to a range, and puts the farthest depth where nothing was measured;
/// colors and ground truth stay.
///
/// - Source: Back et al., *Unseen Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022, in
///   its public code, which does not fill in what was not measured.
public struct DepthClipping: Transform {
  /// The nearest and the farthest depth, in meters.
  public let range: ClosedRange<Float>

  /// Creates a transform. A range that begins below zero stops the process.
  public init(_ range: ClosedRange<Float>) {
    require(range.lowerBound >= 0, "depth in meters is limited to \(range), but does not begin below zero")
    self.range = range
  }

  /// Changes the image's channel of depth; an image without one stays as it is.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    guard let channel = sample.depthChannel else { return sample }
    var result = sample
    let count = sample.image.height * sample.image.width
    for index in (channel * count)..<((channel + 1) * count) {
      let depth = sample.image.values[index]
      let isMeasured = depth > 0 && depth.isFinite
      result.image.values[index] = isMeasured ? min(max(depth, range.lowerBound), range.upperBound) : range.upperBound
    }
    return result
  }
}
