import Foundation
import Support

/// A kind of data set as the registry knows it: what it is, and how it is read.
///
/// ```swift
/// try DatasetReader.registry.add(
///   DatasetReader(
///     name: "rooms", summary: "photographs of rooms", citation: "A. Author, Rooms, 2025", license: "CC BY 4.0",
///     splits: ["train", "val"], recognizes: { FileManager.default.fileExists(atPath: $0.path + "/rooms.csv") },
///     tasks: { _ in Rooms.tasks }, open: { try Rooms.open($0) }))
/// ```
public struct DatasetReader: Registered {
  /// The name by which configurations choose the reader (`data.dataset`).
  public let name: String
  /// A line that says what the data set is.
  public let summary: String
  /// The publication of the data set.
  public let citation: String
  /// The license of the data.
  public let license: String
  /// The names of the parts that a data set of this kind is published in; empty if it has none.
  public let splits: [String]
  /// The forms in which the data set is published; a single one for a data set that is not on disk.
  public let layouts: [DatasetLayout]
  /// What a configuration may set beside the name.
  public let settings: [DatasetSetting]
  /// Whether the data lie in a folder, whose path a run has to name.
  public let needsFolder: Bool
  private let findTasks: @Sendable (DatasetRequest) throws -> [VisionTask]
  private let openDataset: @Sendable (DatasetRequest) throws -> Dataset

  /// Creates a reader, which a registry can take up.
  ///
  /// - Parameters:
  ///   - name: the name by which configurations choose the reader.
  ///   - summary: a line that says what the data set is.
  ///   - citation: the publication of the data set.
  ///   - license: the license of the data.
  ///   - splits: the names of the parts that a data set of this kind is published in; empty if it has none.
  ///   - layouts: the forms in which the data set is published.
  ///   - settings: what a configuration may set beside the name; nothing, by default.
  ///   - needsFolder: whether the data lie in a folder, whose path a run has to name.
  ///   - tasks: a function that gives the tasks that a data set has ground truth for.
  ///   - open: a function that opens a data set. It should read the files of those tasks only that are asked for.
  public init(
    name: String, summary: String, citation: String, license: String, splits: [String], layouts: [DatasetLayout],
    settings: [DatasetSetting] = [], needsFolder: Bool = true,
    tasks: @escaping @Sendable (DatasetRequest) throws -> [VisionTask],
    open: @escaping @Sendable (DatasetRequest) throws -> Dataset
  ) {
    self.name = name
    self.summary = summary
    self.citation = citation
    self.license = license
    self.splits = splits
    self.layouts = layouts
    self.settings = settings
    self.needsFolder = needsFolder
    findTasks = tasks
    openDataset = open
  }

  /// Creates a reader of a data set that has a single form, which a registry can take up.
  ///
  /// - Parameters:
  ///   - name: the name by which configurations choose the reader.
  ///   - summary: a line that says what the data set is.
  ///   - citation: the publication of the data set.
  ///   - license: the license of the data.
  ///   - splits: the names of the parts that a data set of this kind is published in; empty if it has none.
  ///   - settings: what a configuration may set beside the name; nothing, by default.
  ///   - needsFolder: whether the data lie in a folder, whose path a run has to name.
  ///   - recognizes: a function that says whether a folder holds such a data set, by a look at what lies in it.
  ///   - tasks: a function that gives the tasks that a data set has ground truth for.
  ///   - open: a function that opens a data set. It should read the files of those tasks only that are asked for.
  public init(
    name: String, summary: String, citation: String, license: String, splits: [String],
    settings: [DatasetSetting] = [], needsFolder: Bool = true,
    recognizes: @escaping @Sendable (URL) -> Bool,
    tasks: @escaping @Sendable (DatasetRequest) throws -> [VisionTask],
    open: @escaping @Sendable (DatasetRequest) throws -> Dataset
  ) {
    self.init(
      name: name, summary: summary, citation: citation, license: license, splits: splits,
      layouts: [DatasetLayout(name: name, summary: summary, recognizes: recognizes)], settings: settings,
      needsFolder: needsFolder, tasks: tasks, open: open)
  }

  /// Whether a folder holds such a data set, in any of its forms.
  public func recognizes(_ folder: URL) -> Bool { needsFolder && layouts.contains { $0.recognizes(folder) } }

  /// Returns the form in which a folder holds the data set.
  ///
  /// - Throws: `FileError` (Support) for a folder that has none of the forms, with what was looked for, and for one that
  ///   has several.
  public func layout(of folder: URL) throws -> DatasetLayout {
    let fitting = layouts.filter { $0.recognizes(folder) }
    guard let layout = fitting.first else {
      guard FileManager.default.fileExists(atPath: folder.path) else { throw FileError.unreadable(folder) }
      let forms = layouts.map { "\($0.name): \($0.summary)" }.joined(separator: "; ")
      let hint = folder.firstFolderBelow(where: recognizes).map { ". data.folder may have to be \($0.path)" } ?? ""
      throw FileError(folder, "is not a data set of the reader \(name)\(hint). What was looked for: \(forms)")
    }
    guard fitting.count == 1 else {
      throw FileError(
        folder,
        "fits several forms of \(name), \(fitting.map(\.name).joined(separator: " and ")): one of them has to be moved to a folder of its own"
      )
    }
    return layout
  }

  /// Returns the tasks that a data set has ground truth for.
  ///
  /// - Throws: ``DatasetRequestError`` for a setting that the reader does not have or allow; the reader's error about the
  ///   data, such as `FileError` (Support) for files.
  public func tasks(_ request: DatasetRequest) throws -> [VisionTask] {
    try checkSettings(request)
    return try findTasks(request)
  }

  /// Opens a data set.
  ///
  /// - Throws: ``DatasetRequestError`` for a setting that the reader does not have or allow; the reader's error about the
  ///   data, such as `FileError` (Support) for files.
  public func open(_ request: DatasetRequest) throws -> Dataset {
    try checkSettings(request)
    return try openDataset(request)
  }

  private func checkSettings(_ request: DatasetRequest) throws {
    for (setting, value) in request.settings.sorted(by: { $0.key < $1.key }) {
      guard let known = settings.first(where: { $0.name == setting }) else {
        throw DatasetRequestError(
          settings.isEmpty
            ? "data.dataset: \(name) has no settings, but '\(excerpt(setting))' is set"
            : "data.dataset: " + unknownName("setting of \(name)", setting, among: settings.map(\.name)))
      }
      try known.check(value, of: name)
    }
  }
}

extension DatasetReader {
  /// The readers that come with the library, and those that its users add.
  public static let registry = Registry(
    "data reader",
    [
      scenes,
      folder,
      nyud,
      pascalContext,
      cityscapes,
      celeba,
      taskonomy,
      coco,
      uoais,
      metaGraspNet,
    ])

  /// Returns the reader of a run's data: the one that is named, or else the one that recognizes the folder; without a
  /// folder, the reader of the embedded scenes.
  ///
  /// - Parameters:
  ///   - name: the name of the reader; nil if the folder decides.
  ///   - folder: the folder of the data; nil if they are not on disk.
  /// - Throws: `RegistryError` (Support) for a name that no reader has; `FileError` (Support) for a folder that no
  ///   reader recognizes, or that several do.
  public static func reader(named name: String?, of folder: URL?) throws -> DatasetReader {
    if let name { return try registry.require(name) }
    guard let folder else { return scenes }
    guard FileManager.default.fileExists(atPath: folder.path) else { throw FileError.unreadable(folder) }
    let fitting = registry.entries.filter { $0.recognizes(folder) }
    guard let reader = fitting.first else { throw unrecognized(folder) }
    guard fitting.count == 1 else {
      throw FileError(
        folder,
        "is recognized by several data readers: data.dataset has to name one of \(fitting.map(\.name).joined(separator: ", "))"
      )
    }
    return reader
  }

  private static func unrecognized(_ folder: URL) -> FileError {
    let readers = registry.entries.filter(\.needsFolder)
    let fitting = folder.firstFolderBelow { below in readers.contains { $0.recognizes(below) } }
    let hint = fitting.map { "but \($0.path) is" } ?? "nor was one found one or two levels below it"
    let names = readers.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")
    return FileError(
      folder,
      "is not a data set that a reader recognizes, \(hint); data.dataset says which it has to be, and then what is missing is named. There are \(names). `polymath data scenes --out` writes a folder that is one"
    )
  }
}
