extension PixelMap {
  /// Returns an image after a change: colors are interpolated, depth is that of the nearest pixel, and what comes from
  /// beyond the image is black.
  ///
  /// - Parameters:
  ///   - change: the change.
  ///   - selection: the nearest pixels of the same change.
  ///   - depthChannel: the channel that holds depth in meters; nil if there is none.
  func applying(_ change: GeometricChange, _ selection: PixelSelection, depthChannel: Int?) -> PixelMap {
    var result =
      switch change {
      case .flip, .crop: selection.moved(self)
      case .resize, .scale: resizedBilinear(height: selection.height, width: selection.width)
      case .rotate(let degrees): rotatedBilinear(ImageRotation(degrees: degrees))
      }
    guard let depthChannel else { return result }
    let count = height * width
    let depth = selection.moved(
      Array(values[(depthChannel * count)..<((depthChannel + 1) * count)]), planeCount: 1, filling: 0)
    let newCount = result.height * result.width
    for index in 0..<newCount {
      result.values[depthChannel * newCount + index] =
        if case .scale(let factor) = change {
          MapContent.distances.scaled(depth[index], by: factor)
        } else {
          depth[index]
        }
    }
    return result
  }

  /// Returns the turned image, interpolated linearly between pixels, with borders repeated up to the image's edge, and
  /// black beyond it.
  private func rotatedBilinear(_ rotation: ImageRotation) -> PixelMap {
    var result = PixelMap(channels: channels, height: height, width: width)
    for row in 0..<height {
      for column in 0..<width {
        let source = rotation.source(x: Double(column) + 0.5, y: Double(row) + 0.5, height: height, width: width)
        guard source.x >= 0, source.y >= 0, source.x < Double(width), source.y < Double(height) else { continue }
        let (x, y) = (Self.neighbors(source.x, width), Self.neighbors(source.y, height))
        for channel in 0..<channels {
          let top = self[channel, y.low, x.low] * (1 - x.fraction) + self[channel, y.low, x.high] * x.fraction
          let bottom = self[channel, y.high, x.low] * (1 - x.fraction) + self[channel, y.high, x.high] * x.fraction
          result[channel, row, column] = top * (1 - y.fraction) + bottom * y.fraction
        }
      }
    }
    return result
  }

  /// Returns the pixels whose centers lie on both sides of a place, and which fraction of the way from the first to the
  /// second the place is at.
  private static func neighbors(_ place: Double, _ size: Int) -> (low: Int, high: Int, fraction: Float) {
    let position = max(0, place - 0.5)
    let low = min(size - 1, Int(position))
    return (low, min(size - 1, low + 1), Float(position - Double(low)))
  }
}
