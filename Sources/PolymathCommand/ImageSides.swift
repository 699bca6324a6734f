import ArgumentParser

/// The height and width of images in pixels: one number for both, or two such as 128x160.
struct ImageSides: ExpressibleByArgument, CustomStringConvertible {
  let height: Int
  let width: Int

  init(_ side: Int) { (height, width) = (side, side) }

  init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let height = sides[0], let width = sides[sides.count - 1] else { return nil }
    (self.height, self.width) = (height, width)
  }

  var description: String { "\(height)×\(width)" }
  var defaultValueDescription: String { height == width ? "\(height)" : "\(height)x\(width)" }
}
