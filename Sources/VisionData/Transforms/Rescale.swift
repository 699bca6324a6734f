/// Resizes to a fixed size without keeping the proportions; thin edges survive shrinking.
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
    } target: { target, task in
      target.resized(for: task, height: height, width: width)
    }
  }
}
