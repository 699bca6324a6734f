import Foundation
import Support

/// The parts of a request that readers of files share: which splits, and how many of their samples.
extension DatasetRequest {
  /// The settings that choose splits.
  ///
  /// - Parameters:
  ///   - training: the split to train on, unless the configuration says another.
  ///   - validation: the split to validate on, unless the configuration says another.
  ///   - splits: all splits that there are.
  static func splitSettings(training: String, validation: String, among splits: [String]) -> [DatasetSetting] {
    [
      DatasetSetting(
        "training", "the splits to train on, '\(training)' by default", choices: splits, isList: true),
      DatasetSetting(
        "validation", "the splits to validate on, '\(validation)' by default", choices: splits, isList: true),
    ]
  }

  /// The folder of the data set.
  ///
  /// - Throws: ``DatasetRequestError`` if the request names none, or asks for what readers of published data sets do not
  ///   have.
  func requiredFolder(of reader: String) throws -> URL {
    guard let folder else {
      throw DatasetRequestError("the data reader '\(reader)' reads a folder, but the request names none")
    }
    return folder
  }

  /// The words of a setting that is a list; those of a default if it is not set.
  func words(_ setting: String, default words: [String] = []) -> [String] {
    settings[setting].map(DatasetSetting.words) ?? words
  }

  /// Whether the setting `reproduce` names a switch.
  func reproduces(_ name: String) -> Bool { words("reproduce").contains(name) }

  /// A setting that is a number above zero.
  ///
  /// - Throws: ``DatasetRequestError`` for other values.
  func positiveNumber(_ setting: String, default value: Float) throws -> Float {
    guard let text = settings[setting] else { return value }
    guard let number = Float(text), number > 0, number.isFinite else {
      throw DatasetRequestError("data.dataset: '\(setting)' is '\(excerpt(text))', but has to be a number above 0")
    }
    return number
  }

  /// Opens the samples of a data set: the first ones of its splits, as many as the request takes.
  ///
  /// - Parameters:
  ///   - files: the data set.
  ///   - reader: the name of the reader, for errors.
  ///   - training: the splits to train on, unless the settings say others.
  ///   - validation: the splits to validate on, unless the settings say others.
  ///   - list: a function that gives the ids of a split.
  ///   - remark: what else is to be said of the samples; nil if there is nothing.
  /// - Throws: `FileError` for lists and files that are missing, ``DatasetRequestError`` for wishes that cannot be served.
  func dataset(
    of files: any SampleFiles, reader: String, training: String = "train", validation: String = "val",
    remark: String? = nil, _ list: (_ split: String) throws -> SplitList
  ) throws -> Dataset {
    guard validationFolder == nil else {
      throw DatasetRequestError(
        "data.validationFolder: \(reader) has splits of its own, of which the settings training and validation choose")
    }
    func joined(_ setting: String, _ fallback: String) throws -> SplitList {
      let lists = try words(setting, default: [fallback]).map(list)
      guard let first = lists.first else {
        throw DatasetRequestError("data.dataset: '\(setting)' of \(reader) names no split")
      }
      guard lists.count > 1 else { return first }
      return SplitList(name: lists.map(\.name).joined(separator: " and "), ids: lists.flatMap(\.ids))
    }
    let lists = (training: try joined("training", training), validation: try joined("validation", validation))
    let limited = (lists.training.prefix(trainingCount), lists.validation.prefix(validationCount))
    let notes = [(lists.training, limited.0, "trainingCount"), (lists.validation, limited.1, "validationCount")]
      .filter { $0.0.ids.count > $0.1.ids.count }
      .map { "of \($0.0.ids.count) samples in \($0.0.name), \($0.1.ids.count) are used (data.\($0.2))" }
    let parts = (
      training: try FileSamples(files, limited.0, self, reader: reader),
      validation: try FileSamples(files, limited.1, self, reader: reader)
    )
    let missing = try Self.noteOnMissingFiles([parts.training, parts.validation])
    return Dataset(
      tasks: files.tasks, training: parts.training, validation: parts.validation,
      note: (notes + [remark, missing]).joinedNotes)
  }

  /// What is to be said of files that may be missing, and are; nil if there are none.
  ///
  /// - Throws: `FileError` for a task of which no sample has a file.
  private static func noteOnMissingFiles(_ parts: [FileSamples]) throws -> String? {
    var all: (count: Int, first: URL)?
    for task in parts[0].tasks {
      let missing = parts.compactMap { $0.missingFiles(of: task) }
      guard let first = missing.first?.first else { continue }
      let count = missing.reduce(0) { $0 + $1.count }
      guard count < parts.reduce(0, { $0 + $1.count }) else {
        throw FileError(
          first,
          "does not exist, nor does a file like it for another sample: the task '\(task.name)' has to be left out, or its files belong there"
        )
      }
      all = ((all?.count ?? 0) + count, all?.first ?? first)
    }
    return all.map {
      "files of tasks are missing (\($0.count), the first is \($0.first.path)): nothing is known of these tasks in their samples"
    }
  }
}
