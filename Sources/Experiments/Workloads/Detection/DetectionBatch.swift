import Detection
import Torch
import VisionData

/// A batch as the robot-vision system takes it.
package struct DetectionBatch {
  /// Batch × 6 × height × width: color, and depth three times, with zeros at the right and at the bottom up to sides that
  /// the network takes.
  package let images: Tensor
  /// The size of the images without these zeros.
  let size: ImageSize
  /// The objects of each image, as the data have them.
  let annotations: [[ObjectAnnotation]]

  /// - Parameter images: batch × 4 × height × width.
  package init(_ images: Tensor, _ annotations: [[ObjectAnnotation]]) {
    let shape = images.shape
    size = ImageSize(height: shape[2], width: shape[3])
    func padding(_ side: Int) -> Int { -side & (FusedBackbone.sizeMultiple - 1) }
    let depth = images.narrowed(axis: 1, from: 3, count: 1)
    let repeated = Tensor.concatenated([images, depth, depth], axis: 1)
    self.images = repeated.padded([0, padding(shape[3]), 0, padding(shape[2])])
    self.annotations = annotations
  }

  /// - Parameter task: the name of the task of objects.
  init(_ batch: Batch, task: String, on device: Device) {
    self.init(batch.images.to(device), batch.objects[task] ?? [])
  }

  /// The objects to learn from: those of which a pixel is seen, without groups, whose members nothing tells apart.
  package var objects: [ImageObjects] {
    annotations.map {
      ImageObjects(size: size, objects: $0.filter { !$0.isCrowd }.compactMap(DetectionObject.init))
    }
  }

  /// The size of each image.
  var sizes: [ImageSize] { annotations.map { _ in size } }
}

extension DetectionObject {
  fileprivate init?(_ annotation: ObjectAnnotation) {
    func mask(_ runs: RunLengthMask) -> ObjectMask {
      ObjectMask(size: ImageSize(height: runs.height, width: runs.width), rowRuns: runs.counts)
    }
    self.init(visibleMask: mask(annotation.visibleMask), amodalMask: mask(annotation.amodalMask))
  }
}
