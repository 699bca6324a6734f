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
      var resized = target.resized(for: task, height: height, width: width)
      if task.kind == .depth {
        resized.values = resized.values.map { $0 == VisionTask.unknown ? $0 : $0 / factor }
      }
      return resized
    }
  }
}
