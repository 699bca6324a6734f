import Detection
import Foundation
import Support
import Torch
import VisionData

extension DetectionWorkload {
  /// The name of the drawing.
  public var drawnTasks: [String] { [Self.drawingName] }

  /// Returns the objects in an image, and a drawing of those that are more likely there than not.
  ///
  /// - Throws: ``ConfigurationError`` for an image without depth, or with depth of which less than half is in the range of
  ///   the configuration.
  public func predict(_ image: InputImage) throws -> [(task: String, reading: ImageReading)] {
    let prepared = try plan.samples.prepared(image)
    try DepthRangeCheck(range: plan.depthRange)(image.sample, named: image.depthName)
    let (width, height) = (image.picture.width, image.picture.height)
    let objects = found(in: prepared, originalSize: ImageSize(height: height, width: width))
    let drawing = ObjectDrawing(on: PixelMap(image.picture).picture).drawing(objects.likely, .everything)
    return [(Self.drawingName, .picture(drawing)), (Self.drawingName, .objects(objects))]
  }

  private func found(in image: PixelMap, originalSize: ImageSize) -> [DetectedObject] {
    let batch = DetectionBatch(
      Batch([Sample(image: image, targets: [:])], tasks: []).images.to(device), [[]])
    return detector.detections(in: batch.images, sizes: batch.sizes, originalSizes: [originalSize])[0]
  }

  /// Draws validation images, their objects and what the network finds, one drawing for each subject of an evaluation.
  public func drawSamples(in folder: RunFolder) throws {
    let (validation, gallery) = (try samples().validation, Gallery(folder: folder, tasks: evaluatedNames))
    let rescale = Rescale(height: plan.samples.size.height, width: plan.samples.size.width)
    for position in 0..<min(Gallery.sampleCount, validation.count) {
      var generator = SeededGenerator(seed: 0)
      let stored = try validation.sample(at: position)
      let raw = plan.samples.resizes ? rescale(stored, using: &generator) : stored
      let prepared = plan.samples.evaluationTransforms.reduce(raw) { $1($0, using: &generator) }
      let drawing = ObjectDrawing(on: raw.image.picture)
      let size = ImageSize(height: raw.image.height, width: raw.image.width)
      let (found, truth) = (found(in: prepared.image, originalSize: size), raw.target(of: task).objects ?? [])
      try drawing.picture.write(to: gallery.inputURL(position))
      for subject in DetectionTally.Subject.allCases {
        try drawing.drawing(truth, subject).write(to: gallery.truthURL(position, subject.rawValue))
        try drawing.drawing(found.likely, subject).write(to: gallery.predictionURL(position, subject.rawValue))
      }
    }
  }
}

extension [DetectedObject] {
  /// Those that are more likely there than not.
  fileprivate var likely: [DetectedObject] { filter { $0.score > 0.5 } }
}
