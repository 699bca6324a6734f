import NeuralNetworks
import Support
import Torch

/// Several samples as tensors.
public struct Batch: Sendable {
  /// The images, batch × channels × height × width.
  public let images: Tensor
  /// The labels of each task of pixels or of whole images: for segmentation, batch × height × width of `int64`; for
  /// other maps, batch × channels × height × width; for attributes and probabilities, batch × channels.
  public let targets: [String: Labels]
  /// The objects of each image, for each task of objects.
  public let objects: [String: [[ObjectAnnotation]]]

  /// Creates a batch of tensors.
  ///
  /// - Parameters:
  ///   - images: the images, batch × channels × height × width.
  ///   - targets: the labels of each task of pixels or of whole images.
  ///   - objects: the objects of each image, for each task of objects.
  public init(images: Tensor, targets: [String: Labels], objects: [String: [[ObjectAnnotation]]] = [:]) {
    self.images = images
    self.targets = targets
    self.objects = objects
  }

  /// Creates a batch of samples.
  ///
  /// - Parameters:
  ///   - samples: the samples, all of one size, one at least.
  ///   - tasks: the tasks whose ground truth is wanted; all samples have to have it.
  public init(_ samples: [Sample], tasks: [VisionTask]) {
    var builder = BatchBuilder(tasks: tasks, capacity: samples.count)
    for sample in samples { builder.add(sample) }
    self = builder.takeBatch()
  }

  /// The number of images.
  public var count: Int { images.shape[0] }

  /// The ground truth of a task of pixels or of whole images, which the batch has to have.
  public func labels(of task: String) -> Labels {
    guard let labels = targets[task] else {
      fatalError("a batch with labels of \(targets.keys.sorted()) has none of '\(task)'")
    }
    return labels
  }

  /// The batch with its tensors in a device's memory.
  public func to(_ device: Device) -> Batch {
    Batch(images: images.to(device), targets: targets.mapValues { $0.to(device) }, objects: objects)
  }
}

extension Labels {
  /// Creates the labels of several images in a task of attributes.
  ///
  /// - Parameter attributes: the attributes of each image, equally many.
  init(_ attributes: [[Bool?]]) {
    let shape = [attributes.count, attributes[0].count]
    let all = attributes.flatMap { $0 }
    require(all.count == shape[0] * shape[1], "the images have \(attributes.map(\.count)) attributes, not equally many")
    self.init(
      Tensor(all.map { Float($0 == true ? 1 : 0) }, shape: shape),
      known: all.contains(nil) ? Tensor(all.map { $0 != nil }, shape: shape) : nil)
  }

  /// Creates the labels of several images in a task of probabilities, which are known of an image or not.
  ///
  /// - Parameters:
  ///   - probabilities: the probabilities of each image, nil where they are not known.
  ///   - count: the number of classes.
  init(_ probabilities: [[Float]?], count: Int) {
    require(
      probabilities.allSatisfy { $0.map { $0.count == count } ?? true },
      "the images have \(probabilities.compactMap { $0?.count }) probabilities, not \(count) each")
    let all = probabilities.flatMap { $0 ?? [Float](repeating: 0, count: count) }
    self.init(
      Tensor(all, shape: [probabilities.count, count]),
      known: probabilities.contains(nil)
        ? Tensor(probabilities.map { $0 != nil }, shape: [probabilities.count, 1]) : nil)
  }
}
