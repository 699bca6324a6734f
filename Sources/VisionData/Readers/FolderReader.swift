import Foundation
import Support

extension DatasetReader {
  /// The reader of this software's folder format.
  static let folder = DatasetReader(
    name: "folder", summary: "a folder with an index, \(DatasetIndex.fileName), and the files that it names",
    citation: "that of the data in the folder", license: "that of the data in the folder", splits: [],
    recognizes: {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent(DatasetIndex.fileName).path)
    },
    tasks: { try mainFolder($0).index.tasks },
    open: { request in
      let folder = try mainFolder(request)
      let (training, validation) = try split(folder, request)
      return Dataset(
        tasks: folder.index.tasks, training: training.samples, validation: validation.samples,
        note: note(training, validation))
    })

  /// Samples of a folder, and how many it would have had for their purpose.
  private struct Split {
    let samples: SampleRange
    let availableCount: Int

    /// - Throws: `FileError` for a task of which none of the samples says anything.
    init(_ folder: DatasetFolder, _ range: Range<Int>, of availableCount: Int) throws {
      try folder.requireTargets(of: range)
      samples = SampleRange(folder, range)
      self.availableCount = availableCount
    }
  }

  private static func note(_ training: Split, _ validation: Split) -> String? {
    let parts = [(training, "train on", "trainingCount"), (validation, "evaluate on", "validationCount")]
    let notes: [String?] = parts.filter { $0.0.samples.count < $0.0.availableCount }.map { split, purpose, field in
      "of \(split.availableCount) samples to \(purpose), \(split.samples.count) are used (data.\(field))"
    }
    return notes.joinedNotes
  }

  private static func mainFolder(_ request: DatasetRequest) throws -> DatasetFolder {
    guard let url = request.folder else {
      throw DatasetRequestError("the data reader 'folder' reads a folder, but the request names none")
    }
    return try DatasetFolder(url, tasks: request.tasks, options: request.folderOptions)
  }

  private static func split(
    _ folder: DatasetFolder, _ request: DatasetRequest
  ) throws -> (training: Split, validation: Split) {
    if let url = request.validationFolder {
      let validation = try DatasetFolder(url, tasks: request.tasks, options: request.folderOptions)
      for task in folder.tasks where !validation.index.tasks.contains(task) {
        throw FileError(
          validation.url, "has no task '\(task.name)' of the kind and classes that \(folder.url.path) has")
      }
      return (
        try Split(folder, 0..<min(folder.count, request.trainingCount), of: folder.count),
        try Split(validation, 0..<min(validation.count, request.validationCount), of: validation.count)
      )
    }
    guard folder.count > request.validationCount else {
      throw FileError(
        folder.url,
        "has \(folder.count) samples: data.validationCount (\(request.validationCount)) leaves none to train on")
    }
    let boundary = folder.count - request.validationCount
    return (
      try Split(folder, 0..<min(boundary, request.trainingCount), of: boundary),
      try Split(folder, boundary..<folder.count, of: request.validationCount)
    )
  }
}

extension DatasetRequest {
  fileprivate var folderOptions: DatasetFolder.Options {
    DatasetFolder.Options(pixelLimit: pixelLimit, unclearMasks: unclearMasks, channels: channels)
  }
}
