/// A rectangle of whole pixels: from (x1, y1) up to, not including, (x2, y2).
public struct PixelBox: Sendable, Equatable, Hashable {
  /// The first column.
  public let x1: Int
  /// The first row.
  public let y1: Int
  /// The column after the last one.
  public let x2: Int
  /// The row after the last one.
  public let y2: Int

  /// Creates a box.
  ///
  /// - Parameters:
  ///   - x1: the first column.
  ///   - y1: the first row.
  ///   - x2: the column after the last one.
  ///   - y2: the row after the last one.
  public init(x1: Int, y1: Int, x2: Int, y2: Int) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }
}
