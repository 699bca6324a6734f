/// Enlarges or shrinks by a random factor, as if the camera came closer: depth is divided by the factor.
public struct RandomScale: Transform {
  public let range: ClosedRange<Float>

  public init(_ range: ClosedRange<Float>) { self.range = range }

  public func callAsFunction(
    _ sample: Sample, tasks: [VisionTask], using generator: inout some RandomNumberGenerator
  ) -> Sample {
    let factor = Float.random(in: range, using: &generator)
    let height = max(1, Int((Float(sample.image.height) * factor).rounded()))
    let width = max(1, Int((Float(sample.image.width) * factor).rounded()))
    return sample.mapping(tasks: tasks) {
      $0.resizedBilinear(height: height, width: width)
    } target: { target, task in
      var resized = target.resizedNearest(height: height, width: width)
      if task.kind == .depth {
        resized.values = resized.values.map { $0 == VisionTask.unknown ? $0 : $0 / factor }
      }
      return resized
    }
  }
}

/// Cuts out a part of a given size at a random place; pads at the right and below where the picture is too
/// small, with black and with unknown ground truth.
public struct RandomCrop: Transform {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public func callAsFunction(
    _ sample: Sample, tasks: [VisionTask], using generator: inout some RandomNumberGenerator
  ) -> Sample {
    let row = Int.random(in: 0...max(0, sample.image.height - height), using: &generator)
    let column = Int.random(in: 0...max(0, sample.image.width - width), using: &generator)
    return sample.mapping(tasks: tasks) {
      $0.padded(height: height, width: width, with: 0).cropped(row: row, column: column, height: height, width: width)
    } target: { target, _ in
      target.padded(height: height, width: width, with: VisionTask.unknown)
        .cropped(row: row, column: column, height: height, width: width)
    }
  }
}

/// Exchanges left and right half of the time; normals turn their x.
public struct RandomFlip: Transform {
  public init() {}

  public func callAsFunction(
    _ sample: Sample, tasks: [VisionTask], using generator: inout some RandomNumberGenerator
  ) -> Sample {
    guard Bool.random(using: &generator) else { return sample }
    return sample.flippedHorizontally(tasks: tasks)
  }
}

extension Sample {
  public func flippedHorizontally(tasks: [VisionTask]) -> Sample {
    mapping(tasks: tasks) {
      $0.flippedHorizontally()
    } target: { target, task in
      var flipped = target.flippedHorizontally()
      if task.kind == .normals {
        for index in 0..<(flipped.height * flipped.width) where flipped.values[index] != VisionTask.unknown {
          flipped.values[index].negate()
        }
      }
      return flipped
    }
  }
}

/// Resizes to a fixed size without keeping the proportions.
public struct Rescale: Transform {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public func callAsFunction(
    _ sample: Sample, tasks: [VisionTask], using generator: inout some RandomNumberGenerator
  ) -> Sample {
    guard sample.image.height != height || sample.image.width != width else { return sample }
    return sample.mapping(tasks: tasks) {
      $0.resizedBilinear(height: height, width: width)
    } target: { target, _ in
      target.resizedNearest(height: height, width: width)
    }
  }
}

extension PixelMap {
  /// At least as large as said; what is new, at the right and below, has one value.
  func padded(height: Int, width: Int, with value: Float) -> PixelMap {
    guard height > self.height || width > self.width else { return self }
    var result = PixelMap(
      channels: channels, height: max(height, self.height), width: max(width, self.width), repeating: value)
    for channel in 0..<channels {
      for row in 0..<self.height {
        let source = (channel * self.height + row) * self.width
        let target = (channel * result.height + row) * result.width
        result.values.replaceSubrange(target..<(target + self.width), with: values[source..<(source + self.width)])
      }
    }
    return result
  }
}
