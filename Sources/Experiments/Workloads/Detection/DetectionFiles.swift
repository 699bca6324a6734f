import Detection
import Foundation
import Support
import VisionMetrics

/// The objects that were found in several images, as two files of results in COCO's format: `visible-masks.json` and
/// `amodal-masks.json`. Boxes are those of whole objects in both, and an image's number is its position, from 0.
public struct DetectionFiles {
  private var visible: [COCOResult] = []
  private var amodal: [COCOResult] = []
  private var isUsed = false

  /// Creates files without objects.
  public init() {}

  /// Adds the objects of an image.
  ///
  /// - Parameters:
  ///   - objects: the objects that were found.
  ///   - image: the number of the image.
  public mutating func add(_ objects: [DetectedObject], image: Int) {
    isUsed = true
    func results(_ mask: (DetectedObject) -> ObjectMask) -> [COCOResult] {
      objects.map {
        COCOResult(
          box: COCOBox($0.box), mask: COCOMask(mask($0)), image: image, score: $0.score,
          occlusion: $0.occlusionProbability)
      }
    }
    visible += results(\.visibleMask)
    amodal += results(\.amodalMask)
  }

  /// Writes the files, if the objects of any image were added.
  ///
  /// - Returns: The files.
  /// - Throws: `FileError` if a file cannot be written.
  public func write(to folder: URL) throws -> [URL] {
    guard isUsed else { return [] }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try [("visible-masks", visible), ("amodal-masks", amodal)].map { name, results in
      let url = folder.appendingPathComponent(name + ".json")
      try AtomicFile.write(encoder.encode(results), to: url)
      return url
    }
  }
}
