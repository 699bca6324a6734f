/// The weights by which the bins of a region along one axis average the elements of a feature map along that axis.
///
/// The samples of a bin lie at equal distances. One outside of [−1, n] counts as zero; any other is clamped to [0, n − 1]
/// and interpolated linearly between its two neighbors. So the elements of a bin lie side by side.
struct AxisSampling {
  /// For each bin the first element that it averages.
  private(set) var firsts: [Int] = []
  /// For each bin the position of its first weight, and at last the number of weights.
  private(set) var starts: [Int] = [0]
  /// The weights of all bins, one after another.
  private(set) var weights: [Double] = []

  /// - Parameters:
  ///   - start: where the first bin begins, in elements: the center of element i lies at i.
  ///   - size: the extent of all bins together; it may be negative.
  ///   - bins: the number of bins.
  ///   - length: the number of elements.
  ///   - samples: the number of samples in each bin; nil for as many as a bin has elements, rounded up.
  init(start: Double, size: Double, bins: Int, length: Int, samples: Int?) {
    firsts.reserveCapacity(bins)
    starts.reserveCapacity(bins + 1)
    let extent = size / Double(bins)
    let count = samples.map(Double.init) ?? max(0, extent.rounded(.up))
    for bin in 0..<bins {
      addBin(from: start + Double(bin) * extent, extent: extent, length: length, samples: count)
    }
  }

  private mutating func addBin(from start: Double, extent: Double, length: Int, samples: Double) {
    defer { starts.append(weights.count) }
    let step = extent / samples
    let end = Double(length)
    // Of a bin that is much larger than the map, only the samples inside are visited.
    let visited = Self.visited(from: start, step: step, end: end, samples: samples)
    let inside = visited.filter { (-1...end).contains(start + (Double($0) + 0.5) * step) }
    guard let one = inside.first, let other = inside.last else {
      firsts.append(0)
      return
    }
    func position(_ sample: Int) -> Double { min(max(start + (Double(sample) + 0.5) * step, 0), end - 1) }
    let low = min(position(one), position(other))
    let high = max(position(one), position(other))
    let first = Int(low)
    let base = weights.count
    firsts.append(first)
    weights.append(contentsOf: repeatElement(0, count: min(Int(high) + 1, length - 1) - first + 1))
    for sample in inside {
      let position = position(sample)
      let element = Int(position)
      let fraction = position - Double(element)
      weights[base + element - first] += (1 - fraction) / samples
      // Behind the last element there is none, and no fraction.
      if fraction > 0 { weights[base + element - first + 1] += fraction / samples }
    }
  }

  /// The samples among which those inside of the map are.
  private static func visited(from start: Double, step: Double, end: Double, samples: Double) -> Range<Int> {
    guard samples > 0 else { return 0..<0 }
    guard samples > 2 * end + 8, step > 0 else { return 0..<Int(samples) }
    let first = max(0, ((-1 - start) / step - 2).rounded(.down))
    let last = min(samples, ((end - start) / step + 2).rounded(.up))
    return first < last ? Int(first)..<Int(last) : 0..<0
  }
}
