import Foundation

extension PixelMap {
  /// Returns the map after a Gaussian blur; the image is mirrored at its border, which is repeated.
  ///
  /// - Parameter deviation: the standard deviation in pixels; weights beyond four of them are left out, as SciPy's
  ///   `gaussian_filter` does.
  func blurred(deviation: Double) -> PixelMap {
    let radius = Int(4 * deviation + 0.5)
    let raw = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
    let sum = raw.reduce(0, +)
    let kernel = raw.map { $0 / sum }
    var result = self
    for channel in 0..<channels {
      let start = channel * height * width
      var plane = values[start..<(start + height * width)].map(Double.init)
      plane = Self.blurred(plane, count: height, stride: width, lines: width, lineStride: 1, kernel)
      plane = Self.blurred(plane, count: width, stride: 1, lines: height, lineStride: width, kernel)
      for index in plane.indices { result.values[start + index] = Float(plane[index]) }
    }
    return result
  }

  /// Blurs along one direction.
  ///
  /// - Parameters:
  ///   - plane: the values.
  ///   - count: the number of values in a line.
  ///   - stride: how far apart the values of a line are.
  ///   - lines: the number of lines.
  ///   - lineStride: how far apart the lines start.
  ///   - kernel: the weights, of odd number.
  private static func blurred(
    _ plane: [Double], count: Int, stride: Int, lines: Int, lineStride: Int, _ kernel: [Double]
  ) -> [Double] {
    let radius = kernel.count / 2
    // Where each weight looks, for each place in a line.
    let places = (-radius..<(count + radius)).map { place in
      let wrapped = (place % (2 * count) + 2 * count) % (2 * count)
      return (wrapped < count ? wrapped : 2 * count - 1 - wrapped) * stride
    }
    var result = plane
    for line in 0..<lines {
      let start = line * lineStride
      for place in 0..<count {
        var sum = 0.0
        for index in kernel.indices { sum += kernel[index] * plane[start + places[place + index]] }
        result[start + place * stride] = sum
      }
    }
    return result
  }
}
