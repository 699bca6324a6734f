/// A picture and what is true about it.
public struct Sample: Sendable {
  /// 3 × height × width, values 0…1 (after normalization: any).
  public var image: PixelMap
  public var targets: [String: PixelMap]

  public init(image: PixelMap, targets: [String: PixelMap]) {
    self.image = image
    self.targets = targets
  }
}
