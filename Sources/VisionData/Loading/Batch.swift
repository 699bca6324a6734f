import NeuralNetworks
import Support
import Torch

/// Several samples as tensors.
public struct Batch: Sendable {
  /// The images, batch × channels × height × width.
  public let images: Tensor
  /// The labels of each task of pixels or of whole images: for segmentation, batch × height × width of `int64`; for
  /// other maps, batch × channels × height × width; for attributes, batch × attributes.
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
    var targets: [String: Labels] = [:]
    var objects: [String: [[ObjectAnnotation]]] = [:]
    for task in tasks {
      let own = samples.map { $0.target(of: task.name) }
      switch own[0] {
      case .map: targets[task.name] = Labels(own.map { $0.map! })
      case .attributes: targets[task.name] = Labels(own.map { $0.attributes! })
      case .objects: objects[task.name] = own.map { $0.objects! }
      }
    }
    let images = samples.map(\.image)
    self.init(
      images: Tensor(
        images.joinedValues, shape: [images.count, images[0].channels, images[0].height, images[0].width]),
      targets: targets, objects: objects)
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
  /// Creates the labels of several images in a task of pixels.
  ///
  /// - Parameter maps: the ground truth of each image, all of one size and content, one at least.
  init(_ maps: [DenseMap]) {
    let values = maps.map(\.values)
    let (channels, height, width) = (values[0].channels, values[0].height, values[0].width)
    let isClass = maps[0].content == .classes
    func shape(_ channels: Int) -> [Int] {
      isClass ? [maps.count, height, width] : [maps.count, channels, height, width]
    }
    let tensor =
      isClass
      ? Tensor(values.joinedValues.map { Int64($0) }, shape: shape(1))
      : Tensor(values.joinedValues, shape: shape(channels))
    let maskChannels = maps[0].content.maskChannels(of: channels)
    self.init(
      tensor,
      known: Self.known(maps, count: maskChannels * height * width).map { Tensor($0, shape: shape(maskChannels)) })
  }

  /// The masks of all maps; nil if everything is known.
  ///
  /// - Parameters:
  ///   - maps: the maps, of one size and content.
  ///   - count: the number of a mask's values.
  private static func known(_ maps: [DenseMap], count: Int) -> [Bool]? {
    guard maps.contains(where: { $0.known != nil }) else { return nil }
    return maps.flatMap { $0.known?.values ?? [Bool](repeating: true, count: count) }
  }

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
}

extension [PixelMap] {
  /// The values of all maps, one after another.
  fileprivate var joinedValues: [Float] {
    var values: [Float] = []
    values.reserveCapacity(reduce(0) { $0 + $1.values.count })
    for map in self { values += map.values }
    return values
  }
}
