extension Picture {
  /// Returns the image in another size, each pixel with the value of the nearest one, as
  /// ``PixelMap/resizedNearest(height:width:)`` finds it.
  public func resizedNearest(height: Int, width: Int) -> Picture {
    guard height != self.height || width != self.width else { return self }
    let rows = PixelMap.nearest(from: self.height, to: height)
    let columns = PixelMap.nearest(from: self.width, to: width)
    return rearranged(height: height, width: width) { (rows[$0], columns[$1]) }
  }

  /// Returns an image made of this one's pixels.
  func rearranged(
    height: Int, width: Int, _ source: (_ row: Int, _ column: Int) -> (row: Int, column: Int)
  ) -> Picture {
    func moved<Sample>(_ samples: [Sample]) -> [Sample] {
      var result: [Sample] = []
      result.reserveCapacity(height * width * channels)
      for row in 0..<height {
        for column in 0..<width {
          let place = source(row, column)
          let start = (place.row * self.width + place.column) * channels
          for channel in 0..<channels { result.append(samples[start + channel]) }
        }
      }
      return result
    }
    let samples: Samples =
      switch samples {
      case .bits8(let values): .bits8(moved(values))
      case .bits16(let values): .bits16(moved(values))
      }
    return Picture(width: width, height: height, channels: channels, samples: samples)
  }
}
