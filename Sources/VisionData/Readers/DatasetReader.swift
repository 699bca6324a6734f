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
  /// The name by which configurations choose the reader (`data.reader`).
  public let name: String
  /// A line that says what the data set is.
  public let summary: String
  /// The publication of the data set.
  public let citation: String
  /// The license of the data.
  public let license: String
  /// The names of the parts that a data set of this kind is published in; empty if it has none.
  public let splits: [String]
  /// Whether the data lie in a folder, whose path a run has to name.
  public let needsFolder: Bool
  private let looksRight: @Sendable (URL) -> Bool
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
  ///   - needsFolder: whether the data lie in a folder, whose path a run has to name.
  ///   - recognizes: a function that says whether a folder holds such a data set, by a look at what lies in it.
  ///   - tasks: a function that gives the tasks that a data set has ground truth for.
  ///   - open: a function that opens a data set. It should read the files of those tasks only that are asked for.
  public init(
    name: String, summary: String, citation: String, license: String, splits: [String], needsFolder: Bool = true,
    recognizes: @escaping @Sendable (URL) -> Bool,
    tasks: @escaping @Sendable (DatasetRequest) throws -> [VisionTask],
    open: @escaping @Sendable (DatasetRequest) throws -> Dataset
  ) {
    self.name = name
    self.summary = summary
    self.citation = citation
    self.license = license
    self.splits = splits
    self.needsFolder = needsFolder
    looksRight = recognizes
    findTasks = tasks
    openDataset = open
  }

  /// Whether a folder holds such a data set.
  public func recognizes(_ folder: URL) -> Bool { needsFolder && looksRight(folder) }

  /// Returns the tasks that a data set has ground truth for.
  ///
  /// - Throws: the reader's error about the data, such as `FileError` (Support) for files.
  public func tasks(_ request: DatasetRequest) throws -> [VisionTask] { try findTasks(request) }

  /// Opens a data set.
  ///
  /// - Throws: the reader's error about the data, such as `FileError` (Support) for files.
  public func open(_ request: DatasetRequest) throws -> Dataset { try openDataset(request) }
}

extension DatasetReader {
  /// The readers that come with the library, and those that its users add.
  public static let registry = Registry("data reader", [scenes, folder])

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
    let fitting = registry.entries.filter { $0.recognizes(folder) }
    guard let reader = fitting.first else { throw unrecognized(folder) }
    guard fitting.count == 1 else {
      throw FileError(
        folder,
        "is recognized by several data readers: data.reader has to name one of \(fitting.map(\.name).joined(separator: ", "))"
      )
    }
    return reader
  }

  private static func unrecognized(_ folder: URL) -> FileError {
    let readers = registry.entries.filter(\.needsFolder).map { "\($0.name) (\($0.summary))" }
    return FileError(
      folder,
      "is not a data set that a reader recognizes; there are \(readers.joined(separator: ", ")). `polymath data scenes --out` writes a folder that is one"
    )
  }
}
