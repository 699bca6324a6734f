import Detection
import Support

/// Random boxes for the laws of this module.
final class RandomBoxes {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &generator) }
  func integer(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

  /// Boxes inside of an image, with positive sides.
  func boxes(_ count: Int, in image: ImageSize, smallest: Double = 0.5) -> [BoundingBox] {
    (0..<count).map { _ in
      let width = number(smallest...Double(image.width))
      let height = number(smallest...Double(image.height))
      let x = number(0...Double(image.width) - width)
      let y = number(0...Double(image.height) - height)
      return BoundingBox(x, y, x + width, y + height)
    }
  }
}
