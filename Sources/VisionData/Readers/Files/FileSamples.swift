import Foundation
import Support

/// The samples of a split, read from their files when they are asked for: the image, and the ground truth of the tasks
/// that a run learns.
struct FileSamples: SampleSource {
  let tasks: [VisionTask]
  private let files: any SampleFiles
  private let split: SplitList
  private let channels: ImageChannels
  /// The task whose ground truth is the images' last channel; nil for images of colors alone.
  private let depthTask: VisionTask?

  /// Takes samples, and looks whether their files are there.
  ///
  /// - Parameters:
  ///   - files: the data set.
  ///   - split: the ids of the samples.
  ///   - request: of which the names of the tasks whose files are read count, and the channels of the images.
  ///   - reader: the name of the reader, for errors.
  /// - Throws: `FileError` that names the first file which is missing; ``DatasetRequestError`` for images with depth of a
  ///   data set that has no depth in meters.
  init(_ files: any SampleFiles, _ split: SplitList, _ request: DatasetRequest, reader: String) throws {
    self.files = files
    self.split = split
    tasks = files.tasks.filter { request.tasks.contains($0.name) }
    channels = request.channels
    depthTask = channels.depthChannel == nil ? nil : files.depthTask
    guard channels.depthChannel == nil || depthTask != nil else {
      let remark = files.lackOfDepth.map { ": \($0)" } ?? ""
      throw DatasetRequestError(
        "data.channels is \(channels.rawValue), but there is no depth in meters in this form of \(reader)\(remark)")
    }
    let read = tasks + (depthTask.map { [$0] } ?? [])
    for (position, id) in split.ids.enumerated() {
      let needed = [files.imageFile(of: id)] + read.flatMap { files.targetFiles(of: $0, id) }
      guard let missing = needed.first(where: { !FileManager.default.fileExists(atPath: $0.path) }) else { continue }
      throw FileError(missing, "does not exist, but is needed for \(split.place(of: position))")
    }
  }

  var count: Int { split.ids.count }

  /// The files of a task that may be missing, and are: how many, and the first; nil if none is.
  func missingFiles(of task: VisionTask) -> (count: Int, first: URL)? {
    var found: (count: Int, first: URL)?
    for id in split.ids {
      guard let file = files.optionalFile(of: task, id), !file.exists else { continue }
      found = ((found?.count ?? 0) + 1, found?.first ?? file)
    }
    return found
  }

  func sample(at position: Int) throws -> Sample {
    do { return try sample(split.ids[position]) } catch let error as FileError {
      throw error.adding(split.place(of: position))
    }
  }

  private func sample(_ id: String) throws -> Sample {
    var image = try files.image(of: id)
    let size = ImageSize(image)
    var targets: [String: Target] = [:]
    for task in tasks { targets[task.name] = try files.target(of: task, id, like: size) }
    if let depthTask {
      let target = try targets[depthTask.name] ?? files.target(of: depthTask, id, like: size)
      image = image.appending(target.map!.values)
    }
    return Sample(image: image, depthChannel: channels.depthChannel, targets: targets)
  }
}
