/// A transform that cuts out a part of a given size at a random place. Where the image is too small, what is missing at
/// the right and below is black, and unknown.
public struct RandomCrop: Transform {
  /// The height of the part, in pixels.
  public let height: Int
  /// The width of the part, in pixels.
  public let width: Int
  /// The task whose classes decide whether a place is taken, and the largest fraction of a part's known pixels that one
  /// class may have; nil if every place is taken.
  public let limit: (task: String, fraction: Double)?
  /// Whether the part is as large as it is asked for; otherwise it is no larger than the image.
  public let isFilled: Bool

  /// How many places are drawn until one is within the limit; the last one is taken.
  private static let tryCount = 10

  /// Creates a crop to a size in pixels.
  ///
  /// - Parameters:
  ///   - height: the height of the part, in pixels.
  ///   - width: the width of the part, in pixels.
  ///   - limit: a task of classes, and the largest fraction of a part's known pixels that one class may have; of up to ten
  ///     places, the first within the limit is taken. It defaults to nil: every place is taken.
  ///   - isFilled: whether the part is as large as it is asked for, which is the default; otherwise it is no larger than
  ///     the image.
  /// - Source: the limit is that of Chen et al., *MMSegmentation*, 2020, `RandomCrop` with `cat_max_ratio`.
  public init(height: Int, width: Int, limit: (task: String, fraction: Double)? = nil, isFilled: Bool = true) {
    self.height = height
    self.width = width
    self.limit = limit
    self.isFilled = isFilled
  }

  /// Draws a place, and cuts the image and every target there.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    let image = sample.image
    let size = isFilled ? (height, width) : (min(height, image.height), min(width, image.width))
    func draw() -> GeometricChange {
      let row = Int.random(in: 0...max(0, image.height - height), using: &generator)
      let column = Int.random(in: 0...max(0, image.width - width), using: &generator)
      return .crop(row: row, column: column, height: size.0, width: size.1)
    }
    var change = draw()
    if let limit, let labels = sample.targets[limit.task]?.map {
      var triesLeft = Self.tryCount - 1
      while triesLeft > 0, labels.applying(change).largestClassFraction > limit.fraction {
        change = draw()
        triesLeft -= 1
      }
    }
    return sample.applying(change)
  }
}

extension DenseMap {
  /// The fraction of the known pixels that have the most frequent class; 1 if there is a single class, or none.
  fileprivate var largestClassFraction: Double {
    var counts: [Float: Int] = [:]
    for (pixel, label) in values.values.enumerated() where isKnown(pixel: pixel) { counts[label, default: 0] += 1 }
    let known = counts.values.reduce(0, +)
    return counts.count < 2 ? 1 : Double(counts.values.max()!) / Double(known)
  }
}
