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
