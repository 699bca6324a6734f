/// A change of a sample that keeps picture and ground truth in step.
public protocol Transform: Sendable {
  /// - Parameter generator: every random choice comes from it.
  func callAsFunction(
    _ sample: Sample, tasks: [VisionTask], using generator: inout some RandomNumberGenerator
  ) -> Sample
}

extension Sample {
  /// Applies one change to the picture, and another to every target, which knows its task.
  func mapping(
    tasks: [VisionTask], image changeImage: (PixelMap) -> PixelMap,
    target changeTarget: (PixelMap, VisionTask) -> PixelMap
  ) -> Sample {
    var result = Sample(image: changeImage(image), targets: targets)
    for task in tasks {
      guard let target = targets[task.name] else { continue }
      result.targets[task.name] = changeTarget(target, task)
    }
    return result
  }
}
