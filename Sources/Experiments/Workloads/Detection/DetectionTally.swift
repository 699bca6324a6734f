import Detection
import VisionData
import VisionMetrics

/// How well objects are found and told about: the numbers of an evaluation, image after image.
///
/// Objects of which no pixel is seen do not count, and all classes are one. Groups of objects are not to be found, and
/// detections inside of them are no mistakes. Detections are judged as objects by their box,
/// their visible mask and their amodal mask, each by its own area; occlusion is judged of those whose boxes match.
package struct DetectionTally {
  /// What is judged, in the order of results.
  package enum Subject: String, CaseIterable {
    case boxes
    case visibleMasks = "visible-masks"
    case amodalMasks = "amodal-masks"
    case occlusion
  }

  private var boxes = COCOMetric<COCOBox>(isClassAgnostic: true)
  private var visibleMasks = COCOMetric<COCOMask>(isClassAgnostic: true)
  private var amodalMasks = COCOMetric<COCOMask>(isClassAgnostic: true)
  private var occlusion = OcclusionMetric<COCOBox>()
  /// The number of objects that are to be found so far.
  package private(set) var objectCount = 0

  package init() {}

  package mutating func add(_ annotations: [ObjectAnnotation], _ found: [DetectedObject]) {
    let objects = annotations.filter { $0.visibleMask.area > 0 }
    objectCount += objects.count { !$0.isCrowd }
    let trueBoxes = objects.map { COCOTruth(COCOBox($0.box), category: 0, isCrowd: $0.isCrowd) }
    let foundBoxes = found.map { COCODetection(COCOBox($0.box), category: 0, score: $0.score) }
    boxes.add(truths: trueBoxes, detections: foundBoxes)
    visibleMasks.add(
      truths: objects.map { COCOTruth(COCOMask($0.visibleMask), category: 0, isCrowd: $0.isCrowd) },
      detections: found.map { COCODetection(COCOMask($0.visibleMask), category: 0, score: $0.score) })
    amodalMasks.add(
      truths: objects.map { COCOTruth(COCOMask($0.amodalMask), category: 0, isCrowd: $0.isCrowd) },
      detections: found.map { COCODetection(COCOMask($0.amodalMask), category: 0, score: $0.score) })
    occlusion.add(
      truths: zip(trueBoxes, objects).map { ($0, $1.isOccluded) },
      detections: zip(foundBoxes, found).map { ($0, $1.isOccluded) })
  }

  /// The numbers of a subject, the one that it is judged by first: COCO's twelve without those for which there is no
  /// object, such as large ones; of occlusion, the F-measure of occluded objects and the accuracy.
  package func results(_ subject: Subject) -> [MetricResult] {
    switch subject {
    case .boxes: boxes.results.filter { $0.value >= 0 }
    case .visibleMasks: visibleMasks.results.filter { $0.value >= 0 }
    case .amodalMasks: amodalMasks.results.filter { $0.value >= 0 }
    case .occlusion: Array(occlusion.results.reversed())
    }
  }
}

extension ObjectAnnotation {
  /// Whether enough of the object is covered.
  var isOccluded: Bool { occludedFraction >= OcclusionLoss.occludedFrom }
}

extension COCOBox {
  init(_ box: PixelBox) {
    self.init(x: Double(box.x1), y: Double(box.y1), width: Double(box.x2 - box.x1), height: Double(box.y2 - box.y1))
  }

  init(_ box: BoundingBox) { self.init(x: box.x1, y: box.y1, width: box.width, height: box.height) }
}

extension COCOMask {
  init(_ mask: RunLengthMask) { self.init(pixels: mask.pixels, height: mask.height, width: mask.width) }

  init(_ mask: ObjectMask) { self.init(pixels: mask.pixels, height: mask.size.height, width: mask.size.width) }
}
