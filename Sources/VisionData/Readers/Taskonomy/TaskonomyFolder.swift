import Foundation
import Support

/// The files of Taskonomy, in folders by domain and building.
///
/// A view that lacks a domain's file keeps the others: nothing is known of that task in it.
struct TaskonomyFolder: SampleFiles {
  /// What the published loader does, and a better one does not.
  enum Defect: String, CaseIterable {
    case depth
    case flip
    case resizing
  }

  private let folder: URL
  private let files: PixelFiles
  private let domains: [TaskonomyDomain]
  private let defects: Set<Defect>
  /// The size to which everything is interpolated; nil if it stays.
  private let interpolatedSize: ImageSize?
  private let depthInMeters: Bool

  /// Looks which domains there are.
  ///
  /// - Throws: `FileError` for a folder without any, and for a domain that is wanted and not there.
  init(_ folder: URL, _ request: DatasetRequest) throws {
    self.folder = folder
    files = PixelFiles(request)
    let places = TaskPlaces(folder, TaskonomyDomain.all.map { ($0.name, ["\($0.name)/taskonomy"]) })
    try places.require(request.tasks)
    domains = TaskonomyDomain.all.filter { places.available.contains($0.name) }
    defects = Set(request.words("reproduce").compactMap(Defect.init))
    interpolatedSize = defects.contains(.resizing) ? ImageSize(height: request.height, width: request.width) : nil
    depthInMeters = request.settings["depth"] == "meters"
  }

  var tasks: [VisionTask] { domains.map { VisionTask($0.name, kind(of: $0)) } }

  private func kind(of domain: TaskonomyDomain) -> VisionTask.Kind {
    if domain.name == TaskonomyDomain.normals, defects.contains(.flip) { return .quantities(count: 3) }
    return domain.isDepth && depthInMeters ? .depth : domain.kind
  }

  /// What a camera of depth measures, not the distance along the rays.
  var depthTask: VisionTask? { tasks.first { $0.name == TaskonomyDomain.cameraDepth && $0.kind == .depth } }

  var lackOfDepth: String? {
    depthInMeters
      ? "the folder \(TaskonomyDomain.cameraDepth) is missing"
      : "data.dataset has to have the setting depth: meters"
  }

  func imageFile(of id: String) -> URL { folder.file("rgb/taskonomy/\(id)_domain_rgb.png") }

  private func file(of domain: TaskonomyDomain, _ id: String) -> URL {
    folder.file("\(domain.name)/taskonomy/\(id)_domain_\(domain.fileName).\(domain.kind.isDense ? "png" : "npy")")
  }

  /// No file has to be there.
  func targetFiles(of task: VisionTask, _ id: String) -> [URL] { [] }

  func optionalFile(of task: VisionTask, _ id: String) -> URL? {
    domains.first { $0.name == task.name }.map { file(of: $0, id) }
  }

  func image(of id: String) throws -> PixelMap {
    let image = try files.image(imageFile(of: id))
    return interpolatedSize.map { image.resizedBilinear(height: $0.height, width: $0.width) } ?? image
  }

  func target(of task: VisionTask, _ id: String, like size: ImageSize) throws -> Target {
    let domain = domains.first { $0.name == task.name }!
    let url = file(of: domain, id)
    if case .probabilities(let count) = task.kind {
      return .probabilities(url.exists ? try ProbabilityFile.numbers(at: url, count: count) : nil)
    }
    guard url.exists else { return .map(unknown(task, size)) }
    let stored = try ImageSize(interpolatedSize == nil ? nil : files.pictures.picture(at: imageFile(of: id))) ?? size
    let file =
      domain.storedChannels == 3
      ? try files.colors(url, like: stored) : try files.stored(url, bits: domain.bits, like: stored)
    let map = try decoded(file, task, domain)
    guard let interpolatedSize else { return .map(map) }
    return .map(map.interpolated(to: interpolatedSize))
  }

  private func unknown(_ task: VisionTask, _ size: ImageSize) -> DenseMap {
    let content = task.kind.format.content!
    let channels = content == .classes ? 1 : task.channels
    return DenseMap(unknown: content, channels: channels, height: size.height, width: size.width)
  }

  private func decoded(_ file: PixelFile, _ task: VisionTask, _ domain: TaskonomyDomain) throws -> DenseMap {
    switch task.kind {
    case .segmentation:
      return try file.classes(of: task, "0 to \(task.channels - 1) (0 is unknown)") { number in
        number == 0 ? .unknown : number < task.channels ? .label(number) : .wrong
      }
    case .depth: return file.distances { $0 == TaskonomyDomain.missingDepth || $0 == 0 ? nil : $0 / 512 }
    case .normals:
      // The middle stands for a normal that is missing.
      return try file.directions(PixelFile.normal(ofByte:)) { vector, _ in vector.max() > 0.004 || vector.min() < -0.004
      }
    default:
      let isDepthKept = defects.contains(.depth)
      let map = file.firstChannels(task.channels).quantities { number, channel in
        domain.isDepth && number == TaskonomyDomain.missingDepth && !isDepthKept ? nil : domain.value(number, channel)
      }
      return domain.isBlurred ? DenseMap(.quantities, map.values.blurred(deviation: 4)) : map
    }
  }
}

extension ImageSize {
  fileprivate init?(_ picture: Picture?) {
    guard let picture else { return nil }
    self.init(height: picture.height, width: picture.width)
  }
}

extension PixelFile {
  /// Returns the file without the channels that say nothing.
  fileprivate func firstChannels(_ channels: Int) -> PixelFile {
    let count = numbers.height * numbers.width
    return PixelFile(
      url: url,
      numbers: PixelMap(
        channels: channels, height: numbers.height, width: numbers.width,
        values: Array(numbers.values.prefix(channels * count))))
  }
}

extension DenseMap {
  /// Returns the map in another size, with its numbers interpolated, also those beside unknown ones; classes take the
  /// nearest pixel.
  fileprivate func interpolated(to size: ImageSize) -> DenseMap {
    let nearest = applying(.resize(height: size.height, width: size.width))
    guard content != .classes else { return nearest }
    return DenseMap(content, values.resizedBilinear(height: size.height, width: size.width), known: nearest.known)
  }
}
