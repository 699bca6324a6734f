import Foundation
import Support

/// A data set on disk, as ``DatasetWriter`` writes it: an index, pictures, one file per sample and task.
public struct DatasetFolder: SampleSource {
  /// How files are read.
  public struct Options: Sendable {
    /// Pictures with more pixels are refused before they are decoded.
    public var pixelLimit: Int
    /// What a mask's 255 says where no 1 is beside it.
    public var unclearMasks: UnclearMaskReading

    public init(
      pixelLimit: Int = PictureReader.defaultPixelLimit, unclearMasks: UnclearMaskReading = .refused
    ) {
      self.pixelLimit = pixelLimit
      self.unclearMasks = unclearMasks
    }
  }

  public let url: URL
  public let index: DatasetIndex
  /// Those whose files are read. The index may have more.
  public let tasks: [VisionTask]
  private let targets: TargetReader

  /// - Parameter wanted: the names of the tasks whose files are read, by default all of the index. A name that the
  ///   index does not have is left out.
  /// - Throws: ``FileError`` for a folder without an index, a damaged index, one that names files outside, and a wanted
  ///   task of which no sample has a file.
  public init(_ url: URL, tasks wanted: [String]? = nil, options: Options = Options()) throws {
    self.url = url
    index = try DatasetIndex(ofFolder: url, pixelLimit: options.pixelLimit)
    tasks = index.tasks.filter { wanted?.contains($0.name) ?? true }
    targets = TargetReader(
      pictures: PictureReader(pixelLimit: options.pixelLimit), unclearMasks: options.unclearMasks,
      height: index.height, width: index.width)
    try checkPaths()
    try requireTargets(of: 0..<count)
  }

  public var count: Int { index.samples.count }

  /// - Throws: ``FileError`` for a file that is missing, damaged, or not as the index says.
  public func sample(at position: Int) throws -> Sample {
    let entry = index.samples[position]
    let image = try targets.image(at: url.appendingPathComponent(entry.image))
    let maps = try tasks.map { task in
      let path = entry.targets[task.name]
      return (
        task.name, try path.map { try targets.target(task, at: url.appendingPathComponent($0)) } ?? unknown(task)
      )
    }
    return Sample(image: image, targets: Dictionary(uniqueKeysWithValues: maps))
  }

  /// What is known of a task without a file.
  private func unknown(_ task: VisionTask) -> PixelMap {
    PixelMap(
      channels: task.targetChannels, height: index.height, width: index.width, repeating: VisionTask.unknown)
  }

  /// Makes sure that there is something to learn from.
  ///
  /// - Parameter range: of samples.
  /// - Throws: ``FileError`` for a task of which none of the samples has a file.
  public func requireTargets(of range: Range<Int>) throws {
    let samples = index.samples[range]
    for task in tasks where !samples.contains(where: { $0.targets[task.name] != nil }) {
      throw FileError(
        indexURL,
        "names no file for '\(task.name)' in its samples \(range.lowerBound + 1) to \(range.upperBound): nothing would be known of it"
      )
    }
  }

  private var indexURL: URL { url.appendingPathComponent(DatasetIndex.fileName) }

  /// Looks at all files that may be read.
  private func checkPaths() throws {
    for entry in index.samples {
      for path in [entry.image] + tasks.compactMap({ entry.targets[$0.name] }) where !isInside(path) {
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
