extension DenseMap {
  /// Returns a map of yes and no in another size, in which thin lines stay when it shrinks.
  ///
  /// Every old pixel lies in exactly one new one. The new one is yes if any of its old pixels is yes, unknown if no old
  /// pixel is yes and at least one is unknown, and no if all are no. A side that grows takes the nearest pixel.
  func resizedKeepingPositives(height: Int, width: Int) -> DenseMap {
    let grown = applyingNearest(height: max(height, self.height), width: max(width, self.width))
    let rows = Self.blocks(from: grown.height, to: height)
    let columns = Self.blocks(from: grown.width, to: width)
    var result = PixelMap(channels: channels, height: height, width: width)
    var unknown = [Bool](repeating: false, count: height * width)
    for row in 0..<grown.height {
      for column in 0..<grown.width {
        let (source, place) = (row * grown.width + column, rows[row] * width + columns[column])
        if grown.isKnown(pixel: source) {
          result.values[place] = max(result.values[place], grown.values.values[source])
        } else {
          unknown[place] = true
        }
      }
    }
    guard known != nil else { return DenseMap(content, result) }
    let isKnown = unknown.indices.map { result.values[$0] > 0 || !unknown[$0] }
    return DenseMap(content, result, known: PixelMask(height: height, width: width, values: isKnown))
  }

  private func applyingNearest(height: Int, width: Int) -> DenseMap {
    guard height != self.height || width != self.width else { return self }
    let selection = PixelSelection(
      .resize(height: height, width: width), height: self.height, width: self.width)
    return DenseMap(content, selection.moved(values), known: selection.moved(known, channels: 1))
  }

  /// Returns for each old position along a side that shrinks the new one in which its center lies.
  private static func blocks(from old: Int, to new: Int) -> [Int] {
    (0..<old).map { (2 * $0 + 1) * new / (2 * old) }
  }
}
