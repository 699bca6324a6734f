import Detection
import VisionData
import VisionMetrics

/// Objects that are drawn on an image.
struct ObjectDrawing {
  /// What is drawn of each object.
  struct Style {
    var hasBox = false
    var hasVisibleMask = false
    var hasAmodalMask = false
    /// Whether occluded objects are red and free ones green, rather than each in a color of its own.
    var showsOcclusion = false

    static let everything = Style(hasBox: true, hasVisibleMask: true, hasAmodalMask: true, showsOcclusion: true)
  }

  /// The image, of three channels of 8 bits.
  let picture: Picture

  init(on picture: Picture) { self.picture = picture }

  /// What is drawn of an object, whether it is known or was found.
  private struct Shape {
    let box: BoundingBox
    let visible: [Bool]
    let amodal: [Bool]
    let isOccluded: Bool
  }

  func drawing(_ objects: [ObjectAnnotation], _ subject: DetectionTally.Subject) -> Picture {
    draw(
      objects.map { object in
        let box = object.box
        return Shape(
          box: BoundingBox(Double(box.x1), Double(box.y1), Double(box.x2), Double(box.y2)),
          visible: object.visibleMask.pixels, amodal: object.amodalMask.pixels, isOccluded: object.isOccluded)
      }, subject.style)
  }

  func drawing(_ objects: [DetectedObject], _ subject: DetectionTally.Subject) -> Picture {
    drawing(objects, subject.style)
  }

  func drawing(_ objects: [DetectedObject], _ style: Style) -> Picture {
    draw(
      objects.map {
        Shape(
          box: $0.box, visible: $0.visibleMask.pixels, amodal: $0.amodalMask.pixels, isOccluded: $0.isOccluded)
      }, style)
  }

  private func draw(_ shapes: [Shape], _ style: Style) -> Picture {
    guard case .bits8(var samples) = picture.samples, picture.channels == 3 else {
      fatalError("objects are drawn on images of three channels of 8 bits")
    }
    // The best object is drawn last, on top of the others.
    for (index, shape) in shapes.enumerated().reversed() {
      let color: [UInt8] =
        style.showsOcclusion ? (shape.isOccluded ? Self.red : Self.green) : Drawing.color(of: index + 2)
      if style.hasVisibleMask { tint(&samples, color) { shape.visible[$0] } }
      if style.hasAmodalMask {
        if !style.hasVisibleMask { tint(&samples, color) { shape.amodal[$0] } }
        paint(&samples, color) { isBorder(of: shape.amodal, $0) }
      }
      if style.hasBox { paintFrame(&samples, shape.box, color) }
    }
    return Picture(width: picture.width, height: picture.height, channels: 3, samples: .bits8(samples))
  }

  private static let red: [UInt8] = [228, 60, 60]
  private static let green: [UInt8] = [70, 200, 90]

  private func tint(_ samples: inout [UInt8], _ color: [UInt8], where holds: (Int) -> Bool) {
    for pixel in 0..<picture.width * picture.height where holds(pixel) {
      for channel in 0..<3 {
        let index = 3 * pixel + channel
        samples[index] = UInt8((Int(samples[index]) + Int(color[channel])) / 2)
      }
    }
  }

  private func paint(_ samples: inout [UInt8], _ color: [UInt8], where holds: (Int) -> Bool) {
    for pixel in 0..<picture.width * picture.height where holds(pixel) {
      for channel in 0..<3 { samples[3 * pixel + channel] = color[channel] }
    }
  }

  /// Whether a pixel of the mask lies beside one that is outside.
  private func isBorder(of mask: [Bool], _ pixel: Int) -> Bool {
    guard mask[pixel] else { return false }
    let (row, column) = pixel.quotientAndRemainder(dividingBy: picture.width)
    guard row > 0, column > 0, row < picture.height - 1, column < picture.width - 1 else { return true }
    return !(mask[pixel - 1] && mask[pixel + 1] && mask[pixel - picture.width] && mask[pixel + picture.width])
  }

  private func paintFrame(_ samples: inout [UInt8], _ box: BoundingBox, _ color: [UInt8]) {
    func limited(_ value: Double, _ count: Int) -> Int { min(count - 1, max(0, Int(value.rounded()))) }
    let (left, right) = (limited(box.x1, picture.width), limited(box.x2 - 1, picture.width))
    let (top, bottom) = (limited(box.y1, picture.height), limited(box.y2 - 1, picture.height))
    paint(&samples, color) { pixel in
      let (row, column) = pixel.quotientAndRemainder(dividingBy: picture.width)
      guard (top...max(top, bottom)).contains(row), (left...max(left, right)).contains(column) else { return false }
      return row == top || row == bottom || column == left || column == right
    }
  }
}

extension DetectionTally.Subject {
  fileprivate var style: ObjectDrawing.Style {
    switch self {
    case .boxes: ObjectDrawing.Style(hasBox: true)
    case .visibleMasks: ObjectDrawing.Style(hasVisibleMask: true)
    case .amodalMasks: ObjectDrawing.Style(hasAmodalMask: true)
    case .occlusion: ObjectDrawing.Style(hasVisibleMask: true, showsOcclusion: true)
    }
  }
}
