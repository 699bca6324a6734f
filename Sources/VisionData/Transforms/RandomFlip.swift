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
