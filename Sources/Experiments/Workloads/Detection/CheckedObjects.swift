import Foundation
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
    try checkDepth(sample, position)
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

  /// Depth in another unit lies beyond the range almost everywhere, and would say nothing.
  private func checkDepth(_ sample: Sample, _ position: Int) throws {
    guard let channel = sample.depthChannel else { return }
    let count = sample.image.height * sample.image.width
    let measured = sample.image.values[(channel * count)..<((channel + 1) * count)].filter { $0 > 0 && $0.isFinite }
    guard !measured.isEmpty else { throw ConfigurationError("\(name(position)) has no depth at any pixel") }
    let inside = fractionInside(measured, scaledBy: 1)
    guard inside < 0.5 else { return }
    let median = measured.sorted()[measured.count / 2]
    throw ConfigurationError(
      "\(name(position)): \(String(format: "%.0f %%", 100 * inside)) of the depth lies between \(depthRange.lowerBound) m and \(depthRange.upperBound) m (data.depthRange), but half of it has to; its median is \(median) m\(remark(on: measured))"
    )
  }

  private func fractionInside(_ depth: [Float], scaledBy factor: Float) -> Double {
    Double(depth.count { depthRange.contains($0 * factor) }) / Double(depth.count)
  }

  /// The unit in which the depth may be.
  private func remark(on depth: [Float]) -> String {
    let factors: [Float] = [10, 0.1, 0.001, 1000, 0.0001, 10_000]
    let fitting = factors.first { fractionInside(depth, scaledBy: $0) >= 0.5 }
    return fitting.map { "; \($0) times as much would fit: the files may be in another unit" } ?? ""
  }
}
