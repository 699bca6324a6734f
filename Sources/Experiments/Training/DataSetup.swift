import Foundation
import Support
import Torch
import VisionData

/// The data of a run: what is trained on, what is evaluated on, and what happens to samples on the way.
struct DataSetup {
  let training: any SampleSource
  let validation: any SampleSource
  let bindings: [TaskBinding]
  let trainingTransforms: [any Transform]
  let evaluationTransforms: [any Transform]

  /// Seeds of the two sets of scenes must differ, whatever the configuration's is.
  private static let validationSalt: UInt64 = 0x5EED

  init(_ configuration: Configuration) throws {
    try configuration.checkFields()
    let data = configuration.data
    let available: [VisionTask]
    var (training, validation): (any SampleSource, any SampleSource)
    if let folder = data.folder {
      let dataset = try DatasetFolder(URL(fileURLWithPath: folder), tasks: data.tasks, options: data.folderOptions)
      available = dataset.index.tasks
      (training, validation) = try Self.split(dataset, data)
    } else {
      available = Scenes.allTasks
      let tasks = Scenes.allTasks.filter { data.tasks.contains($0.name) }
      training = Scenes(
        seed: data.seed, count: data.trainingCount, height: data.height, width: data.width, tasks: tasks)
      validation = Scenes(
        seed: SeededGenerator(keys: data.seed, Self.validationSalt).firstValue, count: data.validationCount,
        height: data.height, width: data.width, tasks: tasks)
    }
    try configuration.check(availableTasks: available)
    if data.cache {
      let budget = data.cacheBudget
      training = CachedSource(training, budget: budget)
      validation = CachedSource(validation, budget: budget)
    }
    self.training = training
    self.validation = validation
    bindings = configuration.bindings(to: available)

    let rescale = Rescale(height: data.height, width: data.width)
    var transforms: [any Transform] = [rescale]
    if data.scale != [1, 1] { transforms.append(RandomScale(Float(data.scale[0])...Float(data.scale[1]))) }
    if data.cropHeight > 0 { transforms.append(RandomCrop(height: data.cropHeight, width: data.cropWidth)) }
    if data.flip { transforms.append(RandomFlip()) }
    if data.jitter > 0 { transforms.append(ColourJitter(strength: Float(data.jitter))) }
    trainingTransforms = transforms + [Normalization.imageNet]
    evaluationTransforms = [rescale, Normalization.imageNet]
  }

  /// The tasks that a configuration's data have ground truth for.
  ///
  /// - Throws: ``FileError`` for a folder that is no data set.
  static func availableTasks(_ data: Configuration.Data) throws -> [VisionTask] {
    guard let folder = data.folder else { return Scenes.allTasks }
    return try DatasetFolder(URL(fileURLWithPath: folder), tasks: data.tasks, options: data.folderOptions).index.tasks
  }

  private static func split(
    _ dataset: DatasetFolder, _ data: Configuration.Data
  ) throws -> (any SampleSource, any SampleSource) {
    if let folder = data.validationFolder {
      let validation = try DatasetFolder(
        URL(fileURLWithPath: folder), tasks: data.tasks, options: data.folderOptions)
      for task in dataset.tasks where !validation.index.tasks.contains(task) {
        throw FileError(
          validation.url, "has no task '\(task.name)' of the kind and classes that \(dataset.url.path) has")
      }
      return (dataset, validation)
    }
    guard dataset.count > data.validationCount else {
      throw FileError(
        dataset.url,
        "has \(dataset.count) samples: data.validationCount (\(data.validationCount)) leaves none to train on")
    }
    let boundary = dataset.count - data.validationCount
    let (training, validation) = (0..<min(boundary, data.trainingCount), boundary..<dataset.count)
    for range in [training, validation] { try dataset.requireTargets(of: range) }
    return (SampleRange(dataset, training), SampleRange(dataset, validation))
  }
}

extension Configuration.Data {
  fileprivate var folderOptions: DatasetFolder.Options {
    DatasetFolder.Options(pixelLimit: pixelLimit, unclearMasks: unclearMasks)
  }

  fileprivate var cacheBudget: CacheBudget {
    cacheMegabytes == 0 ? .machine : CacheBudget(bytes: cacheMegabytes.multipliedClamping(by: 1_000_000))
  }
}

extension Int {
  fileprivate func multipliedClamping(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}

extension SeededGenerator {
  fileprivate var firstValue: UInt64 {
    var copy = self
    return copy.next()
  }
}

/// Some consecutive samples of a source.
private struct SampleRange: SampleSource {
  let source: any SampleSource
  let range: Range<Int>

  init(_ source: any SampleSource, _ range: Range<Int>) {
    self.source = source
    self.range = range
  }

  var tasks: [VisionTask] { source.tasks }
  var count: Int { range.count }
  func sample(at position: Int) throws -> Sample { try source.sample(at: range.lowerBound + position) }
}
