import MultitaskLearning
import VisionData

/// Tasks that say something about every pixel of an image.
public struct PixelWorkload: VisionWorkload, ImagePredicting {
  static let level = PredictionLevel.pixels
  let training: VisionTraining

  init(_ training: VisionTraining) { self.training = training }

  /// Returns drawings as large as the image.
  ///
  /// - Throws: ``ConfigurationError`` if the network takes other channels than the image has.
  public func predict(_ image: InputImage) throws -> [(task: String, reading: ImageReading)] {
    zip(training.bindings, try training.outputs(for: image)).map { binding, output in
      // Enlarged as a picture: as numbers, large images with many classes would take gigabytes.
      let drawn = binding.drawing(prediction: output)
      return (binding.name, .picture(drawn.resizedNearest(height: image.picture.height, width: image.picture.width)))
    }
  }
}

extension PixelWorkload {
  /// The entry of the workload in ``WorkloadRegistry``.
  public static let entry = MethodEntry<any WorkloadFactory>(
    "pixels", summary: "Tasks about every pixel: segmentation, depth, normals, edges, and others.",
    paper: "Vandenhende et al., Multi-Task Learning for Dense Prediction Tasks: A Survey, TPAMI 2021"
  ) { _ in VisionWorkloadFactory<PixelWorkload>() }
}
