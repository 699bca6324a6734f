import VisionData

/// What the first training samples hold, and, if they hold no object, all samples up to the first that does.
struct ObjectSurvey {
  /// The objects of which a pixel is seen, without groups.
  private(set) var objects: [ObjectAnnotation] = []
  private var hidden: [(sample: Int, object: Int)] = []
  private var sampleCount = 0

  /// How many samples are looked at.
  private static let sampleLimit = 200

  /// - Parameter task: the name of the task of objects.
  /// - Throws: what reading a sample throws.
  init(_ source: any SampleSource, task: String) throws {
    while sampleCount < source.count && (sampleCount < Self.sampleLimit || objects.isEmpty) {
      let sample = try source.sample(at: sampleCount)
      for (index, object) in (sample.target(of: task).objects ?? []).enumerated() where !object.isCrowd {
        if object.visibleMask.area > 0 { objects.append(object) } else { hidden.append((sampleCount, index)) }
      }
      sampleCount += 1
    }
  }

  /// That objects are left out; nil if none is.
  var note: String? {
    guard let first = hidden.first else { return nil }
    return
      "\(hidden.count) objects in the first \(sampleCount) training samples, such as object \(first.object) of sample \(first.sample) (both from 0), have no visible pixel, and are left out"
  }
}
