import Foundation
import MultitaskLearning
import VisionData

/// Tasks that say yes or no about an image as a whole, for each of several attributes.
public struct AttributeWorkload: VisionWorkload, ImagePredicting {
  static let level = PredictionLevel.image
  let training: VisionTraining

  init(_ training: VisionTraining) { self.training = training }

  /// Returns the probability of each attribute.
  ///
  /// - Throws: ``ConfigurationError`` if the network takes other channels than the image has.
  public func predict(_ image: InputImage) throws -> [(task: String, reading: ImageReading)] {
    zip(training.bindings, try training.outputs(for: image)).map { binding, output in
      let probabilities: [Double] = output.array().map { 1 / (1 + exp(-$0)) }
      let attributes = binding.task.attributes
      let text = zip(attributes, probabilities).map { name, probability in
        attributes == [binding.name]
          ? String(format: "%.3f", probability) : "\(name) " + String(format: "%.3f", probability)
      }.joined(separator: ", ")
      return (binding.name, .text(text))
    }
  }
}

extension AttributeWorkload {
  /// The entry of the workload in ``WorkloadRegistry``.
  public static let entry = MethodEntry<any WorkloadFactory>(
    "attributes", summary: "Tasks about whole images: yes or no for each attribute.",
    paper: "Liu et al., Deep Learning Face Attributes in the Wild, ICCV 2015"
  ) { _ in VisionWorkloadFactory<AttributeWorkload>() }
}
