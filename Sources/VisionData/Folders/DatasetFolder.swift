import Foundation
import Support

/// A data set on disk, as ``DatasetWriter`` writes it: an index, images, and the files of each sample's ground truth.
public struct DatasetFolder: SampleSource {
  /// The way in which files are read.
  public struct Options: Sendable {
    /// The most pixels of an image; larger images are refused before they are decoded.
    public var pixelLimit: Int
    /// What 255 means in a mask that holds no 1.
    public var unclearMasks: UnclearMaskReading
    /// What the images' channels are. A fourth one holds the depth of the file that a sample's `depthImage` names.
    public var channels: ImageChannels

    /// Creates options; the defaults read images of three channels, and refuse unclear masks.
    public init(
      pixelLimit: Int = PictureReader.defaultPixelLimit, unclearMasks: UnclearMaskReading = .refused,
      channels: ImageChannels = .rgb
    ) {
      self.pixelLimit = pixelLimit
      self.unclearMasks = unclearMasks
      self.channels = channels
    }
  }

  /// The folder.
  public let url: URL
  /// What the folder's index says.
  public let index: DatasetIndex
  /// The tasks whose files are read. The index may have more.
  public let tasks: [VisionTask]
  private let channels: ImageChannels
  private let targets: TargetReader
  /// The files of many images by their paths.
  private var packs: [String: ImagePack] = [:]

  /// Reads the index of a folder, and checks that what it names can be read.
  ///
  /// - Parameters:
  ///   - url: the folder.
  ///   - wanted: the names of the tasks whose files are read; defaults to all tasks of the index. A name that the index
  ///     does not have is left out.
  ///   - options: how files are read.
  /// - Throws: `FileError` for a folder without an index, a damaged index, one that names files outside, a wanted task
  ///   of which no sample has a file, and a sample without a depth image if images with depth are wanted.
  public init(_ url: URL, tasks wanted: [String]? = nil, options: Options = Options()) throws {
    self.url = url
    index = try DatasetIndex(ofFolder: url, pixelLimit: options.pixelLimit)
    tasks = index.tasks.filter { wanted?.contains($0.name) ?? true }
    channels = options.channels
    targets = TargetReader(
      folder: url, pictures: PictureReader(pixelLimit: options.pixelLimit), unclearMasks: options.unclearMasks,
      height: index.height, width: index.width,
      depthUnits: index.depthUnits ?? DatasetIndex.depthUnitsPerMeter)
    try checkPaths()
    packs = try openPacks()
    try requireTargets(of: 0..<count)
  }

  /// The number of samples.
  public var count: Int { index.samples.count }

  /// Reads the sample at a position, with the ground truth of ``tasks``.
  ///
  /// - Throws: `FileError` for a file that is missing, damaged, or not as the index says.
  public func sample(at position: Int) throws -> Sample {
    let entry = index.samples[position]
    do { return try sample(entry) } catch let error as FileError {
      throw error.adding("sample \(position + 1) of \(count), '\(excerpt(entry.id))'")
    }
  }

  private func sample(_ entry: DatasetIndex.Entry) throws -> Sample {
    let image = try image(of: entry)
    let known = try tasks.map { ($0.name, try $0.kind.format.target(of: $0, in: entry, targets)) }
    return Sample(
      image: image, depthChannel: channels.depthChannel, targets: Dictionary(uniqueKeysWithValues: known))
  }

  private func image(of entry: DatasetIndex.Entry) throws -> PixelMap {
    let colors =
      try entry.imagePosition.map { try packs[entry.image]!.image(at: $0) } ?? targets.image(at: entry.image)
    guard channels.depthChannel != nil else { return colors }
    guard let path = entry.depthImage else { throw lacksDepthImage(entry) }
    let format = DepthFormat()
    let file = try targets.file(
      at: path, of: VisionTask("depth", .depth), channels: format.fileChannels, needsWords: format.needsWords)
    return colors.appending(format.map(file).values)
  }

  /// Opens the files of many images, whose paths were checked.
  private func openPacks() throws -> [String: ImagePack] {
    var packs: [String: ImagePack] = [:]
    for entry in index.samples {
      guard let position = entry.imagePosition else { continue }
      let pack =
        try packs[entry.image] ?? ImagePack(targets.url(entry.image), height: index.height, width: index.width)
      packs[entry.image] = pack
      guard (0..<pack.count).contains(position) else {
        throw FileError(
          indexURL,
          "sample '\(excerpt(entry.id))' names the image \(position) of \(entry.image), which holds \(pack.count)")
      }
    }
    return packs
  }

  /// Makes sure that some samples have ground truth for every task.
  ///
  /// - Parameter range: the positions of the samples; of none, nothing is required.
  /// - Throws: `FileError` for a task of which no sample in the range has ground truth.
  public func requireTargets(of range: Range<Int>) throws {
    let samples = index.samples[range]
    guard !samples.isEmpty else { return }
    for task in tasks where !samples.contains(where: { task.kind.format.isKnown(task, in: $0) }) {
      throw FileError(
        indexURL,
        "names no file for '\(task.name)' in its samples \(range.lowerBound + 1) to \(range.upperBound): nothing would be known of it"
      )
    }
  }

  private func lacksDepthImage(_ entry: DatasetIndex.Entry) -> FileError {
    FileError(
      indexURL,
      "names no depthImage for the sample '\(excerpt(entry.id))', but images with depth are wanted (data.channels)")
  }

  private var indexURL: URL { url.appendingPathComponent(DatasetIndex.fileName) }

  /// Looks at the paths of all files that may be read.
  private func checkPaths() throws {
    for entry in index.samples {
      if channels.depthChannel != nil, entry.depthImage == nil { throw lacksDepthImage(entry) }
      let depth = channels.depthChannel == nil ? nil : entry.depthImage
      let paths = [entry.image] + (depth.map { [$0] } ?? []) + tasks.flatMap { $0.kind.format.files(of: $0, in: entry) }
      for path in paths where !isInside(path) {
        throw FileError(
          indexURL,
          "sample '\(entry.id)' names the file '\(path)', which is no path inside of the folder (without '..', links followed)"
        )
      }
    }
  }

  /// Whether a relative path stays in the folder, links followed.
  private func isInside(_ path: String) -> Bool {
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return false }
    let root = url.resolvingSymlinksInPath().standardizedFileURL.path
    let target = url.appendingPathComponent(path).resolvingSymlinksInPath().standardizedFileURL.path
    return target.hasPrefix(root + "/")
  }
}
