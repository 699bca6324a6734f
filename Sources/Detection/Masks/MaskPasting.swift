import Support

/// The mask of an object in an image, from the probabilities that a mask head predicts inside of a box.
///
/// The probabilities are interpolated bilinearly at the centers of the pixels: that of column x lies at x + 0.5. Outside of
/// the grid of probabilities they are zero.
///
/// - Source: He et al., *Mask R-CNN*, ICCV 2017; at the centers of pixels: Wu et al., *Detectron2*, 2019.
public struct MaskPasting: Sendable, Equatable {
  /// The probability from which on a pixel belongs to the object.
  public var threshold: Double

  /// Creates a pasting; the threshold defaults to one half.
  public init(threshold: Double = 0.5) { self.threshold = threshold }

  /// Returns the mask of an object.
  ///
  /// - Parameters:
  ///   - probabilities: size × size probabilities, row by row.
  ///   - box: the box that they fill, which may reach beyond the image. An empty one gives an empty mask.
  ///   - size: the size of the image.
  public func callAsFunction(_ probabilities: [Double], in box: BoundingBox, of size: ImageSize) -> ObjectMask {
    let pasted = PastedProbabilities(probabilities, in: box, of: size)
    return ObjectMask(
      size: size, rows: pasted.rows, columns: pasted.columns, pixels: pasted.values.map { $0 >= threshold })
  }
}

/// The probabilities of the pixels that a pasted mask may reach.
package struct PastedProbabilities {
  package let rows: Range<Int>
  package let columns: Range<Int>
  /// Rows × columns, row by row; outside of them, the probability is zero.
  package private(set) var values: [Double] = []

  package init(_ probabilities: [Double], in box: BoundingBox, of size: ImageSize) {
    let count = Int(Double(probabilities.count).squareRoot().rounded())
    require(
      count > 0 && count * count == probabilities.count, "\(probabilities.count) probabilities make no square mask")
    guard !box.isEmpty, box.isFinite else {
      (rows, columns) = (0..<0, 0..<0)
      return
    }
    let y = PastedAxis(from: box.y1, to: box.y2, cells: count, length: size.height)
    let x = PastedAxis(from: box.x1, to: box.x2, cells: count, length: size.width)
    (rows, columns) = (y.pixels, x.pixels)
    values.reserveCapacity(rows.count * columns.count)
    for y in y.positions {
      // The probabilities of this row of pixels at the centers of the cells, with a zero at both ends.
      let line = (-1...count).map { cell -> Double in
        guard (0..<count).contains(cell) else { return 0 }
        let upper = y.cell >= 0 ? probabilities[y.cell * count + cell] : 0
        let lower = y.cell + 1 < count ? probabilities[(y.cell + 1) * count + cell] : 0
        return (1 - y.fraction) * upper + y.fraction * lower
      }
      for x in x.positions { values.append((1 - x.fraction) * line[x.cell + 1] + x.fraction * line[x.cell + 2]) }
    }
  }
}

/// The pixels along one axis that lie less than a cell beyond the centers of the outer cells.
private struct PastedAxis {
  var pixels: Range<Int>
  /// For each pixel the cell before it, from −1 on, and its distance from the center of that, in cells.
  private(set) var positions: [(cell: Int, fraction: Double)] = []

  init(from start: Double, to end: Double, cells: Int, length: Int) {
    let perPixel = Double(cells) / (end - start)
    func position(_ pixel: Int) -> Double { (Double(pixel) + 0.5 - start) * perPixel - 0.5 }
    let margin = 0.5 / perPixel
    let first = Int(min(max((start - margin - 0.5).rounded(.down), 0), Double(length)))
    let last = Int(min(max((end + margin + 0.5).rounded(.up), 0), Double(length)))
    let inside = (first..<max(first, last)).filter { position($0) >= -1 && position($0) < Double(cells) }
    pixels = inside.isEmpty ? 0..<0 : inside[0]..<inside[inside.count - 1] + 1
    positions = pixels.map { pixel in
      let position = position(pixel)
      let cell = position.rounded(.down)
      return (Int(cell), position - cell)
    }
  }
}
