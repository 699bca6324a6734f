import Dispatch
import Foundation
import Support

/// Measures a file of detections by a file of ground truth, both in COCO's formats.
///
/// An annotation needs `image_id`, `category_id` and, by what is measured, `bbox` or `segmentation` (polygons, or runs as
/// a list or as compressed text); `area` defaults to the area of what is measured, `iscrowd` and `ignore` to 0. A
/// detection needs `image_id`, `category_id`, `score`, and `bbox` or `segmentation`; its area is that of what is
/// measured. Where boxes are measured and there is only a segmentation, the box around it is taken.
public struct COCOEvaluation: Sendable {
  /// What is measured.
  public enum Kind: String, CaseIterable, Sendable {
    /// The field `bbox`.
    case box
    /// The field `segmentation`.
    case segmentation
  }

  /// What is measured.
  public var kind: Kind
  /// Whether all categories count as one. Then those of detections may be any.
  public var isClassAgnostic: Bool
  /// On how many threads masks are read and compared.
  public var threadCount: Int

  /// - Parameters:
  ///   - kind: what is measured.
  ///   - isClassAgnostic: whether all categories count as one.
  ///   - threadCount: on how many threads masks are read and compared; defaults to one for each processor.
  public init(_ kind: Kind, isClassAgnostic: Bool = false, threadCount: Int? = nil) {
    self.kind = kind
    self.isClassAgnostic = isClassAgnostic
    self.threadCount = threadCount ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// The numbers of all images of the ground truth.
  ///
  /// - Parameters:
  ///   - truth: the file of ground truth.
  ///   - detections: the file of detections, of images of the ground truth.
  /// - Throws: `FileError` with the file and the entry that is wrong, such as `annotations[3]`, counted from 0.
  public func summary(truth: URL, detections: URL) throws -> COCOSummary {
    let truth = try COCOTruthFile(contentsOf: truth)
    let detections = try COCODetectionFile(contentsOf: detections, of: truth, isClassAgnostic: isClassAgnostic)
    let files = FilePair(truth: truth, detections: detections)
    switch kind {
    case .box: return try metric(files, COCOBox.self).summary
    case .segmentation: return try metric(files, COCOMask.self).summary
    }
  }

  /// Each thread reads and compares a part of the images; the parts are put together in order.
  private func metric<Region: COCOFileRegion>(_ files: FilePair, _ region: Region.Type) throws -> COCOMetric<Region> {
    let count = files.imageCount
    let partCount = max(1, min(threadCount, count))
    let empty = COCOMetric<Region>(isClassAgnostic: isClassAgnostic)
    var parts = [Result<COCOMetric<Region>, any Error>](repeating: .success(empty), count: partCount)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      DispatchQueue.concurrentPerform(iterations: partCount) { part in
        parts[part] = Result {
          var metric = empty
          for image in (count * part / partCount)..<(count * (part + 1) / partCount) {
            metric.add(truths: try files.truths(ofImageAt: image), detections: try files.detections(ofImageAt: image))
          }
          return metric
        }
      }
    }
    return try parts.dropFirst().reduce(into: try parts[0].get()) { $0.append(try $1.get()) }
  }
}

/// Both files, by image.
private struct FilePair: Sendable {
  let truth: COCOTruthFile
  let detections: COCODetectionFile
  /// By the position of an image, those of its entries.
  private let annotationIndices: [[Int]]
  private let detectionIndices: [[Int]]

  init(truth: COCOTruthFile, detections: COCODetectionFile) {
    func indices(_ records: [COCORecord]) -> [[Int]] {
      var indices = [[Int]](repeating: [], count: truth.images.count)
      for (index, record) in records.enumerated() { indices[truth.position(ofImage: record.image!)!].append(index) }
      return indices
    }
    (self.truth, self.detections) = (truth, detections)
    annotationIndices = indices(truth.annotations)
    detectionIndices = indices(detections.detections)
  }

  var imageCount: Int { truth.images.count }

  func truths<Region: COCOFileRegion>(ofImageAt position: Int) throws -> [COCOTruth<Region>] {
    let image = truth.images[position]
    return try annotationIndices[position].map { index in
      let record = truth.annotations[index]
      let region = try truth.text.naming(COCOText.place(COCOTruthFile.field, index)) {
        let region = try Region(record, in: image, truth.text)
        try region.checkTruth(in: image)
        return region
      }
      return COCOTruth(
        region, category: record.category!, area: record.area, isCrowd: record.isCrowd, isIgnored: record.isIgnored)
    }
  }

  func detections<Region: COCOFileRegion>(ofImageAt position: Int) throws -> [COCODetection<Region>] {
    let image = truth.images[position]
    return try detectionIndices[position].map { index in
      let record = detections.detections[index]
      let region = try detections.text.naming(COCOText.place(COCODetectionFile.field, index)) {
        try Region(record, in: image, detections.text)
      }
      return COCODetection(region, category: record.category ?? 0, score: record.score!)
    }
  }
}
