import Support

extension COCOMask {
  /// - Parameters:
  ///   - pixels: height × width values, row by row.
  ///   - height: the rows of pixels.
  ///   - width: the columns of pixels.
  /// - Complexity: a comparison of neighboring rows, eight pixels at a time, and a sorting of the ends of runs.
  public init(pixels: [Bool], height: Int, width: Int) {
    require(
      height > 0 && width > 0 && pixels.count == height * width && pixels.count <= Self.largestArea,
      "\(pixels.count) pixels do not fill a mask of \(height)×\(width)")
    var changes = pixels.withUnsafeBytes { Self.changes($0, height: height, width: width) }
    changes.sort()
    var runs = RunLengths(capacity: changes.count + 1)
    var value = false
    for end in changes {
      runs.append(Int(end) - runs.total, of: value)
      value.toggle()
    }
    runs.append(pixels.count - runs.total, of: value)
    self.init(runs, height: height, width: width)
  }

  /// The places, counted column by column, whose pixel is not as the one before, in any order.
  private static func changes(_ pixels: UnsafeRawBufferPointer, height: Int, width: Int) -> [UInt32] {
    var changes: [UInt32] = []
    // Before the first pixel of a column comes the last one of the column to the left.
    for column in 0..<width {
      let before: UInt8 = column == 0 ? 0 : pixels[(height - 1) * width + column - 1]
      if pixels[column] != before { changes.append(UInt32(column * height)) }
    }
    for row in 1..<max(1, height) {
      let (above, here) = ((row - 1) * width, row * width)
      var column = 0
      while column < width {
        if column + 8 <= width {
          let a = pixels.loadUnaligned(fromByteOffset: above + column, as: UInt64.self)
          let b = pixels.loadUnaligned(fromByteOffset: here + column, as: UInt64.self)
          if a == b {
            column += 8
            continue
          }
        }
        for place in column..<min(column + 8, width) where pixels[above + place] != pixels[here + place] {
          changes.append(UInt32(place * height + row))
        }
        column += 8
      }
    }
    return changes
  }

  /// Height × width values, row by row.
  public var pixels: [Bool] {
    var pixels = [Bool](repeating: false, count: height * width)
    pixels.withUnsafeMutableBufferPointer { pixels in
      forEachRun { start, end in
        var (column, row) = start.quotientAndRemainder(dividingBy: height)
        for _ in start..<end {
          pixels[row * width + column] = true
          row += 1
          if row == height { (column, row) = (column + 1, 0) }
        }
      }
    }
    return pixels
  }

  /// Calls a function with the start and the end of every run of ones, counted column by column.
  private func forEachRun(_ body: (Int, Int) -> Void) {
    var start = 0
    for index in stride(from: 1, to: counts.count, by: 2) {
      start += Int(counts[index - 1])
      body(start, start + Int(counts[index]))
      start += Int(counts[index])
    }
  }
}
