import Foundation
import MultitaskLearning
import VisionData

/// Tasks about an image as a whole: yes or no for each of several attributes, or the probabilities of several classes.
public struct AttributeWorkload: VisionWorkload, ImagePredicting {
  static let level = PredictionLevel.image
  let training: VisionTraining

  init(_ training: VisionTraining) { self.training = training }

  /// No tasks, as predictions are words.
  public var drawnTasks: [String] { [] }

  /// Returns what is predicted of each task, in words: the probability of each attribute, or the most probable classes.
  ///
  /// - Throws: ``ConfigurationError`` if the network takes other channels than the image has.
  public func predict(_ image: InputImage) throws -> [(task: String, reading: ImageReading)] {
    zip(training.bindings, try training.outputs(for: image)).map { binding, output in
      (binding.name, .text(binding.text(prediction: output)!))
    }
  }
}

extension AttributeWorkload {
  /// The entry of the workload in ``WorkloadRegistry``.
  public static let entry = MethodEntry<any WorkloadFactory>(
    "attributes", summary: "Tasks about whole images: yes or no for each attribute, probabilities of classes.",
    paper: "Liu et al., Deep Learning Face Attributes in the Wild, ICCV 2015"
  ) { _ in VisionWorkloadFactory<AttributeWorkload>() }
}
