/// The borders between regions of a label map.
enum LabelEdges {
  /// Returns the pixels whose Laplacian over four neighbors is not zero; the image is mirrored at its border, which is
  /// not repeated.
  ///
  /// - Parameters:
  ///   - labels: height × width labels, row by row.
  ///   - height: the height in pixels.
  ///   - width: the width in pixels.
  static func all(_ labels: [Int], height: Int, width: Int) -> [Bool] {
    func mirrored(_ place: Int, _ size: Int) -> Int {
      size == 1 ? 0 : place < 0 ? -place : place >= size ? 2 * size - 2 - place : place
    }
    var edges: [Bool] = []
    edges.reserveCapacity(labels.count)
    for row in 0..<height {
      let (above, below) = (mirrored(row - 1, height) * width, mirrored(row + 1, height) * width)
      for column in 0..<width {
        let (left, right) = (mirrored(column - 1, width), mirrored(column + 1, width))
        let sum =
          labels[above + column] + labels[below + column] + labels[row * width + left] + labels[row * width + right]
        edges.append(sum != 4 * labels[row * width + column])
      }
    }
    return edges
  }

  /// Returns lines of one pixel in the middle of thicker ones.
  ///
  /// - Parameters:
  ///   - mask: values row by row.
  ///   - width: the width in pixels.
  /// - Complexity: O(n · t), where n is the number of pixels in the lines and t is half of their thickness.
  /// - Source: Guo and Hall, *Parallel Thinning with Two-Subiteration Algorithms*, Communications of the ACM 1989; the
  ///   same pixels as scikit-image's `thin`.
  static func thinned(_ mask: [Bool], width: Int) -> [Bool] {
    // A border of zeros spares the checks at the sides.
    let (height, stride) = (mask.count / max(1, width), width + 2)
    var padded = [UInt8](repeating: 0, count: (height + 2) * stride)
    var places: [Int] = []
    for index in mask.indices where mask[index] {
      let place = (index / width + 1) * stride + index % width + 1
      padded[place] = 1
      places.append(place)
    }
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for isSecond in [false, true] {
        let removed = places.filter { removes(padded, $0, stride, isSecond: isSecond) }
        guard !removed.isEmpty else { continue }
        for place in removed { padded[place] = 0 }
        places = places.filter { padded[$0] == 1 }
        hasChanged = true
      }
    }
    return mask.indices.map { padded[($0 / width + 1) * stride + $0 % width + 1] == 1 }
  }

  /// Whether a subiteration removes a pixel: it is on the border, not at an end, and no line breaks without it.
  private static func removes(_ mask: [UInt8], _ place: Int, _ stride: Int, isSecond: Bool) -> Bool {
    // The neighbors from the right one, counterclockwise.
    let (x1, x2, x3, x4) = (
      mask[place + 1], mask[place - stride + 1], mask[place - stride], mask[place - stride - 1]
    )
    let (x5, x6, x7, x8) = (
      mask[place - 1], mask[place + stride - 1], mask[place + stride], mask[place + stride + 1]
    )
    let crossings = ((1 - x1) & (x2 | x3)) + ((1 - x3) & (x4 | x5)) + ((1 - x5) & (x6 | x7)) + ((1 - x7) & (x8 | x1))
    guard crossings == 1 else { return false }
    let count = min((x1 | x2) + (x3 | x4) + (x5 | x6) + (x7 | x8), (x2 | x3) + (x4 | x5) + (x6 | x7) + (x8 | x1))
    guard count == 2 || count == 3 else { return false }
    return isSecond ? (x6 | x7 | (1 - x4)) & x5 == 0 : (x2 | x3 | (1 - x8)) & x1 == 0
  }
}
