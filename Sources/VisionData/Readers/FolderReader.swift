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
      return Dataset(tasks: folder.index.tasks, training: training, validation: validation)
    })

  private static func mainFolder(_ request: DatasetRequest) throws -> DatasetFolder {
    guard let url = request.folder else { fatalError("a data set folder is read without its place") }
    return try DatasetFolder(url, tasks: request.tasks, options: request.folderOptions)
  }

  private static func split(
    _ folder: DatasetFolder, _ request: DatasetRequest
  ) throws -> (training: any SampleSource, validation: any SampleSource) {
    if let url = request.validationFolder {
      let validation = try DatasetFolder(url, tasks: request.tasks, options: request.folderOptions)
      for task in folder.tasks where !validation.index.tasks.contains(task) {
        throw FileError(
          validation.url, "has no task '\(task.name)' of the kind and classes that \(folder.url.path) has")
      }
      return (folder, validation)
    }
    guard folder.count > request.validationCount else {
      throw FileError(
        folder.url,
        "has \(folder.count) samples: data.validationCount (\(request.validationCount)) leaves none to train on")
    }
    let boundary = folder.count - request.validationCount
    let (training, validation) = (0..<min(boundary, request.trainingCount), boundary..<folder.count)
    for range in [training, validation] { try folder.requireTargets(of: range) }
    return (SampleRange(folder, training), SampleRange(folder, validation))
  }
}

extension DatasetRequest {
  fileprivate var folderOptions: DatasetFolder.Options {
    DatasetFolder.Options(pixelLimit: pixelLimit, unclearMasks: unclearMasks, channels: channels)
  }
}
