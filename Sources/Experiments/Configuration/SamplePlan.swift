import Support
import VisionData

/// How a configuration prepares samples, and puts them into batches.
struct SamplePlan {
  typealias Size = (height: Int, width: Int)

  /// The channels of the images.
  let channels: ImageChannels
  /// What samples are resized to, in pixels; evaluations take them whole.
  let size: Size
  /// What a network is trained on, in pixels: crops, or whole samples.
  let trainingSize: Size
  /// The changes of a sample on its way into training.
  let trainingTransforms: [any Transform]
  /// The changes of a sample on its way into an evaluation.
  let evaluationTransforms: [any Transform]
  let normalization: Normalization
  /// The last changes of every sample that do not touch its size.
  private let ending: [any Transform]
  /// The size that images may not pass, where they keep their scale; nil if they may have any size.
  let largestSize: Size?
  /// Whether samples are resized.
  var resizes: Bool { largestSize == nil }
  let batchSize: Int
  /// The number of threads that prepare batches.
  let threadCount: Int

  /// The memory for decoded samples; nil if none are kept.
  private let cache: CacheSize?

  private enum CacheSize {
    case partOfMachine
    case bytes(Int)
  }

  /// - Parameters:
  ///   - configuration: of which every field is allowed.
  ///   - tasks: the run's tasks.
  ///   - preparations: changes of every sample right before it is normalized.
  /// - Throws: ``ConfigurationError`` for fields of the data that contradict each other, or for scenes without end.
  init(_ configuration: Configuration, tasks: [VisionTask], preparing preparations: [any Transform] = []) throws {
    let data = configuration.data
    try data.check()
    size = (data.height, data.width)
    trainingSize = data.trainingSize
    channels = data.channels
    normalization = data.statistics
    let augmentations = try data.augmentations(tasks)
    ending = preparations + [normalization]
    switch data.fit {
    case .resize:
      trainingTransforms = augmentations + ending
      evaluationTransforms = [Rescale(height: size.height, width: size.width)] + ending
      largestSize = nil
    case .pad:
      // Behind the normalization, zero is the mean color.
      trainingTransforms =
        augmentations + ending + [CenterPadding(height: trainingSize.height, width: trainingSize.width)]
      evaluationTransforms = ending + [CenterPadding(height: size.height, width: size.width)]
      largestSize = size
    }
    batchSize = configuration.training.batchSize
    threadCount = data.threads
    let bytes = data.cacheMegabytes.multipliedClamping(by: 1_000_000)
    cache = data.cache ? (bytes == 0 ? .partOfMachine : .bytes(bytes)) : nil
  }

  /// An image as a network takes it, resized whatever samples are, so that what is found in it can be scaled back.
  ///
  /// - Throws: ``ConfigurationError`` if the network takes other channels than the image has.
  func prepared(_ image: InputImage) throws -> PixelMap {
    switch (channels, image.depth) {
    case (.rgb, nil), (.rgbd, .some):
      var generator = SeededGenerator(seed: 0)
      let resized = Rescale(height: size.height, width: size.width)(image.sample, using: &generator)
      return ending.reduce(resized) { $1($0, using: &generator) }.image
    case (.rgbd, nil):
      throw ConfigurationError(
        "the network takes images with depth (data.channels is \(channels.rawValue)), but an image file has colors alone: --depth names the file of its depth"
      )
    case (.rgb, .some):
      throw ConfigurationError(
        "the network takes colors alone (data.channels is \(channels.rawValue)), but the image comes with depth")
    }
  }

  /// A new budget for the caches of a run; nil if there are no caches.
  func makeCacheBudget() -> CacheBudget? {
    switch cache {
    case nil: nil
    case .partOfMachine: .machine
    case .bytes(let bytes): CacheBudget(bytes: bytes)
    }
  }
}

extension Configuration.Data {
  fileprivate func check() throws {
    try checkChanges()
    guard depthRange.count == 2, Float(depthRange[0]) < Float(depthRange[1]) else {
      throw ConfigurationError("data.depthRange is \(depthRange), but has to be [nearest, farthest], in meters")
    }
    guard folder != nil || validationFolder == nil else {
      throw ConfigurationError("data.validationFolder without data.folder: training would be on the embedded scenes")
    }
    if folder == nil { try checkScenes() }
  }

  var statistics: Normalization {
    let colors: Normalization =
      switch normalization {
      case .imageNet: .imageNet
      case .symmetric: Normalization(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])
      case .identity: Normalization(mean: [0, 0, 0], deviation: [1, 1, 1])
      }
    switch channels {
    case .rgb: return colors
    case .rgbd: return colors.appendingDepth(from: Float(depthRange[0]), to: Float(depthRange[1]))
    }
  }

  /// The most embedded scenes to train on: each costs memory for the order of an epoch, even before it is drawn.
  private static let largestTrainingCount = 1_000_000
  /// The most embedded scenes of an evaluation, and the most pixels that it draws: about an hour's work of one thread,
  /// without the network's.
  private static let largestValidationCount = 100_000
  private static let largestValidationPixels = 10_000_000_000

  /// There are as many scenes as are asked for, and training begins with an evaluation: what would not come to an end is
  /// refused before it begins.
  private func checkScenes() throws {
    guard trainingCount <= Self.largestTrainingCount else {
      throw ConfigurationError(
        "data.trainingCount is \(trainingCount), but of the embedded scenes at most \(Self.largestTrainingCount) are taken"
      )
    }
    let largest = min(Self.largestValidationCount, Self.largestValidationPixels / (height * width))
    guard validationCount <= largest else {
      throw ConfigurationError(
        "data.validationCount is \(validationCount): evaluating on as many embedded scenes of \(height)×\(width) takes hours, and training begins with that; at most \(largest) are taken"
      )
    }
  }

  /// The run's tasks among those that data have ground truth for, in the run's order.
  ///
  /// - Throws: ``ConfigurationError`` for a task that is not among them, with the nearest name.
  func chosenTasks(among available: [VisionTask]) throws -> [VisionTask] {
    try tasks.map { name in
      guard let task = available.first(where: { $0.name == name }) else {
        throw ConfigurationError("data.tasks: " + unknownName("task", name, among: available.map(\.name)))
      }
      return task
    }
  }
}

extension Int {
  fileprivate func multipliedClamping(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
