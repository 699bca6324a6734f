/// An image and what is true about it.
public struct Sample: Sendable, Equatable {
  /// Channels × height × width, colors from 0 to 1 (after normalization: any). Of three channels or more, the first three
  /// are red, green and blue.
  public var image: PixelMap
  /// The image's channel that holds metres, zero where nothing was measured; nil if there is none.
  public var depthChannel: Int?
  /// By task.
  public var targets: [String: Target]

  /// - Parameters:
  ///   - image: channels × height × width.
  ///   - depthChannel: the channel that holds metres; nil if there is none.
  ///   - targets: by task, of the image's size.
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
