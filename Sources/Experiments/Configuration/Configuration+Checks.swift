import MultitaskLearning
import Support
import Torch
import VisionData
import VisionNetworks

extension Configuration {
  /// Finds what is not allowed or contradicts itself, before anything is built, whether the configuration was read from
  /// a file or made in code.
  ///
  /// - Throws: ``ConfigurationError``, `MethodError` or `TorchError` that says what would be right.
  public func check(availableTasks: [VisionTask]) throws {
    try checkFields()
    try checkTasks(availableTasks)
    try checkData()
    guard optimizer.warmUpSteps < training.steps else {
      throw ConfigurationError(
        "optimizer.warmUpSteps (\(optimizer.warmUpSteps)) leaves nothing of training.steps (\(training.steps))")
    }
    try checkNetwork()
    try checkMethod()
    _ = try Device(parsing: run.device)
  }

  /// Finds values that their fields do not allow.
  ///
  /// - Throws: ``ConfigurationError`` that names the field, its value, and what would be right.
  func checkFields() throws {
    for section in ConfigurationSection.all { try section.check(self) }
  }

  // MARK: Data

  private func checkTasks(_ available: [VisionTask]) throws {
    guard !data.tasks.isEmpty else { throw ConfigurationError("data.tasks is empty: at least one task is needed") }
    for task in data.tasks where !available.contains(where: { $0.name == task }) {
      throw ConfigurationError("data.tasks: " + unknownName("task", task, among: available.map(\.name)))
    }
    if let twice = data.tasks.first(where: { task in data.tasks.count { $0 == task } > 1 }) {
      throw ConfigurationError("data.tasks names '\(excerpt(twice))' twice")
    }
  }

  private func checkData() throws {
    guard data.scale.count == 2, data.scale[0] <= data.scale[1] else {
      throw ConfigurationError("data.scale is \(data.scale), but has to be [smallest, largest]")
    }
    let hasCrop = data.cropHeight > 0 || data.cropWidth > 0
    guard !hasCrop || (data.cropHeight > 0 && data.cropWidth > 0) else {
      throw ConfigurationError("data.cropHeight and data.cropWidth contradict each other: both are 0, or neither")
    }
    guard data.scale == [1, 1] || hasCrop else {
      throw ConfigurationError(
        "data.scale changes the pictures' sizes, so that data.cropHeight and data.cropWidth are needed")
    }
    guard data.folder != nil || data.validationFolder == nil else {
      throw ConfigurationError("data.validationFolder without data.folder: training would be on the embedded scenes")
    }
    if data.folder == nil { try checkScenes() }
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
    guard data.trainingCount <= Self.largestTrainingCount else {
      throw ConfigurationError(
        "data.trainingCount is \(data.trainingCount), but of the embedded scenes at most \(Self.largestTrainingCount) are taken"
      )
    }
    let pixels = data.height * data.width
    let largest = min(Self.largestValidationCount, Self.largestValidationPixels / pixels)
    guard data.validationCount <= largest else {
      throw ConfigurationError(
        "data.validationCount is \(data.validationCount): evaluating on as many embedded scenes of \(data.height)×\(data.width) takes hours, and training begins with that; at most \(largest) are taken"
      )
    }
  }
}
