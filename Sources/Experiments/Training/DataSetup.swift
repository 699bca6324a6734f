import Foundation
import Support
import Torch
import VisionData

/// The data of a run: what is trained on, what is evaluated on, and what happens to samples on the way.
struct DataSetup {
  let training: any SampleSource
  let validation: any SampleSource
  /// Everything that the data have ground truth for.
  let tasks: [VisionTask]
  /// The tasks of the run.
  let bindings: [TaskBinding]
  let trainingTransforms: [any Transform]
  let evaluationTransforms: [any Transform]

  private let caches: [CachedSource]
  private let budget: CacheBudget

  /// - Parameter level: what the tasks have to be about.
  init(_ configuration: Configuration, about level: PredictionLevel) throws {
    try configuration.checkFields()
    let data = configuration.data
    let reader = try data.datasetReader
    let dataset = try reader.open(data.request)
    try configuration.check(availableTasks: dataset.tasks)
    try level.check(configuration, dataset.tasks)
    for (name, split) in [("training", dataset.training), ("validation", dataset.validation)] {
      try Self.check(split, name, of: reader, tasks: data.tasks)
    }
    budget = data.cacheBudget
    caches =
      data.cache ? [dataset.training, dataset.validation].map { [budget] in CachedSource($0, budget: budget) } : []
    training = caches.first ?? dataset.training
    validation = caches.last ?? dataset.validation
    tasks = dataset.tasks
    bindings = try configuration.bindings(to: tasks)

    let rescale = Rescale(height: data.height, width: data.width)
    var transforms: [any Transform] = [rescale]
    if data.scale != [1, 1] { transforms.append(RandomScale(Float(data.scale[0])...Float(data.scale[1]))) }
    if data.cropHeight > 0 { transforms.append(RandomCrop(height: data.cropHeight, width: data.cropWidth)) }
    if data.flip { transforms.append(RandomFlip()) }
    if data.jitter > 0 { transforms.append(ColorJitter(strength: Float(data.jitter))) }
    trainingTransforms = transforms + [Normalization.imageNet]
    evaluationTransforms = [rescale, Normalization.imageNet]
  }

  /// Readers come from outside, too.
  private static func check(
    _ split: any SampleSource, _ name: String, of reader: DatasetReader, tasks: [String]
  ) throws {
    guard split.count > 0 else {
      throw ConfigurationError("the data reader \(reader.name) gives no samples for \(name)")
    }
    let given = split.tasks.map(\.name)
    if let lacking = tasks.first(where: { !given.contains($0) }) {
      throw ConfigurationError(
        "the data reader \(reader.name) gives no ground truth of '\(lacking)' for \(name), only of \(given.joined(separator: ", "))"
      )
    }
  }

  /// The tasks that a configuration's data have ground truth for.
  ///
  /// - Throws: `FileError` for a folder that is no data set.
  static func availableTasks(_ data: Configuration.Data) throws -> [VisionTask] {
    try data.datasetReader.tasks(data.request)
  }

  /// What is to be said about the cache: that it cannot keep all samples; nil if it can, or is off.
  ///
  /// - Throws: what reading the first samples throws.
  func cacheNote() throws -> String? {
    let expected = try caches.reduce(0) { $0 + (try $1.expectedByteCount()) }
    guard !caches.isEmpty, expected > budget.byteCount else { return nil }
    let (all, room) = (expected / 1_000_000 + 1, budget.byteCount / 1_000_000)
    return
      "the samples would take about \(all) MB of memory, but \(room) MB are for them (data.cacheMegabytes): those that do not fit are read again in each epoch"
  }
}

extension Configuration.Data {
  /// - Throws: `RegistryError` for a name that no reader has, `FileError` for a folder that no reader recognizes,
  ///   ``ConfigurationError`` for a reader and a folder that do not go together.
  fileprivate var datasetReader: DatasetReader {
    get throws {
      let reader = try DatasetReader.reader(named: reader, of: folder.map { URL(fileURLWithPath: $0) })
      guard reader.needsFolder == (folder != nil) else {
        throw ConfigurationError(
          reader.needsFolder
            ? "data.reader is \(reader.name), which reads a folder: data.folder has to name one"
            : "data.reader is \(reader.name), which reads no folder, but data.folder names one")
      }
      return reader
    }
  }

  fileprivate var request: DatasetRequest {
    DatasetRequest(
      folder: folder.map { URL(fileURLWithPath: $0) },
      validationFolder: validationFolder.map { URL(fileURLWithPath: $0) },
      tasks: tasks, trainingCount: trainingCount, validationCount: validationCount, height: height, width: width,
      seed: seed, pixelLimit: pixelLimit, unclearMasks: unclearMasks)
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
