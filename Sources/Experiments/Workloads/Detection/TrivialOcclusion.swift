import VisionData
import VisionMetrics

/// What is true of most objects that are trained on: that they are occluded, or that they are not.
struct TrivialOcclusion {
  /// Whether most objects are occluded.
  let isOccluded: Bool

  /// - Parameter objects: the objects that are looked at.
  init(_ objects: [ObjectAnnotation]) {
    isOccluded = 2 * objects.count(where: \.isOccluded) >= objects.count
  }

  /// How well that tells of objects, all of which are found.
  func results(on objects: [ObjectAnnotation]) -> [MetricResult] {
    var metric = OcclusionMetric<COCOBox>(detectionLimit: max(1, objects.count))
    for object in objects {
      let box = COCOBox(object.box)
      metric.add(
        truths: [(COCOTruth(box, category: 0), object.isOccluded)],
        detections: [(COCODetection(box, category: 0, score: 1), isOccluded)])
    }
    return metric.results.reversed()
  }
}
