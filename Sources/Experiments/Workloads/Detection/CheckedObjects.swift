import VisionData

/// Samples with depth and objects, each of which is looked at: a reader may come from outside, and files may be in another
/// unit.
struct CheckedObjects: SampleSource {
  let source: any SampleSource
  let purpose: OpenedSamples.Purpose
  /// The name of the task of objects.
  let task: String
  /// The nearest and the farthest depth, in meters.
  let depthRange: ClosedRange<Float>
  /// Where the data lie; nil for those that are not on disk.
  let folder: String?

  var tasks: [VisionTask] { source.tasks }
  var count: Int { source.count }

  func sample(at position: Int) throws -> Sample {
    let sample = try source.sample(at: position)
    try DepthRangeCheck(range: depthRange)(sample, named: name(position))
    for (index, object) in (sample.target(of: task).objects ?? []).enumerated() {
      try check(object, index, sample, position)
    }
    return sample
  }

  /// What errors call a sample.
  private func name(_ position: Int) -> String {
    "\(folder.map { "\($0): " } ?? "")\(purpose.rawValue) sample \(position) (from 0)"
  }

  private func check(_ object: ObjectAnnotation, _ index: Int, _ sample: Sample, _ position: Int) throws {
    let (mask, image) = (object.amodalMask, sample.image)
    guard mask.height == image.height, mask.width == image.width else {
      throw ConfigurationError(
        "\(name(position)) is \(image.height)×\(image.width), but the masks of object \(index) (from 0) are \(mask.height)×\(mask.width)"
      )
    }
    guard zip(object.visibleMask.pixels, mask.pixels).allSatisfy({ !$0 || $1 }) else {
      throw ConfigurationError(
        "\(name(position)): object \(index) (from 0) is seen at pixels that are not in its amodal mask, which holds the whole object"
      )
    }
  }
}
