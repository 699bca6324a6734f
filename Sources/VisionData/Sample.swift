/// An image and its ground truth.
public struct Sample: Sendable, Equatable {
  /// The image, channels × height × width, with colors from 0 to 1 (after normalization: any numbers). Of three
  /// channels or more, the first three are red, green and blue.
  public var image: PixelMap
  /// The image's channel that holds depth in meters, zero where nothing was measured; nil if there is none.
  public var depthChannel: Int?
  /// The ground truth by task.
  public var targets: [String: Target]

  /// Creates a sample.
  ///
  /// - Parameters:
  ///   - image: the image, channels × height × width.
  ///   - depthChannel: the image's channel that holds depth in meters; nil if there is none.
  ///   - targets: the ground truth by task, of the image's size.
  public init(image: PixelMap, depthChannel: Int? = nil, targets: [String: Target]) {
    self.image = image
    self.depthChannel = depthChannel
    self.targets = targets
  }

  /// The ground truth of a task, which the sample has to have.
  public func target(of task: String) -> Target {
    guard let target = targets[task] else {
      fatalError("a sample with targets for \(targets.keys.sorted()) has none for '\(task)'")
    }
    return target
  }
}
