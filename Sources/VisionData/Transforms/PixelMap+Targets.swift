extension PixelMap {
  /// A task's ground truth in another size.
  func resized(for task: VisionTask, height: Int, width: Int) -> PixelMap {
    switch task.kind {
    case .edges: resizedKeepingPositives(height: height, width: width)
    case .segmentation, .depth, .normals, .saliency, .quantities: resizedNearest(height: height, width: width)
    }
  }

  /// Keeps thin lines when a map of yes and no shrinks: for edges.
  ///
  /// Every old pixel lies in exactly one new one. That is yes if any of its old pixels is. If none is, but one is
  /// unknown, then it may be: it is unknown. It is no only if all of them are. A side that grows takes the nearest
  /// pixel.
  public func resizedKeepingPositives(height: Int, width: Int) -> PixelMap {
    let grown = resizedNearest(height: max(height, self.height), width: max(width, self.width))
    let rows = Self.blocks(from: grown.height, to: height)
    let columns = Self.blocks(from: grown.width, to: width)
    var result = PixelMap(channels: channels, height: height, width: width)
    for channel in 0..<channels {
      for row in 0..<grown.height {
        let source = (channel * grown.height + row) * grown.width
        let target = (channel * height + rows[row]) * width
        for column in 0..<grown.width {
          let place = target + columns[column]
          result.values[place] = Self.either(result.values[place], grown.values[source + column])
        }
      }
    }
    return result
  }

  /// For each old position along a side that shrinks, the new one that its center lies in.
  private static func blocks(from old: Int, to new: Int) -> [Int] {
    (0..<old).map { (2 * $0 + 1) * new / (2 * old) }
  }

  private static func either(_ a: Float, _ b: Float) -> Float {
    if a == VisionTask.unknown { return b > 0 ? b : a }
    if b == VisionTask.unknown { return a > 0 ? a : b }
    return max(a, b)
  }
}
