/// The height and width of an image, in pixels.
public struct ImageSize: Sendable, Hashable {
  /// The number of rows.
  public var height: Int
  /// The number of columns.
  public var width: Int

  /// Creates a size.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}
