/// The size of an image, which its ground truth has to have.
struct ImageSize: Sendable, Equatable, CustomStringConvertible {
  /// The height in pixels.
  let height: Int
  /// The width in pixels.
  let width: Int

  init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  init(_ map: PixelMap) { self.init(height: map.height, width: map.width) }

  /// The number of pixels.
  var count: Int { height * width }

  /// As height×width.
  var description: String { "\(height)×\(width)" }
}
