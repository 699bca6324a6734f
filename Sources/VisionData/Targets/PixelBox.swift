/// A rectangle of whole pixels: from (x1, y1) up to, not including, (x2, y2).
public struct PixelBox: Sendable, Equatable, Hashable {
  public let x1: Int
  public let y1: Int
  public let x2: Int
  public let y2: Int

  public init(x1: Int, y1: Int, x2: Int, y2: Int) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }
}
