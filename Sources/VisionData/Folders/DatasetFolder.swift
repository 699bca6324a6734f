import Foundation
import Torch

/// A data set on disk, as ``DatasetWriter`` writes it: an index, pictures, one file per sample and task.
public struct DatasetFolder: SampleSource {
  public let url: URL
  public let index: DatasetIndex

  /// - Throws: ``FileError`` for a folder without an index, a damaged index, or one that names files outside.
  public init(_ url: URL) throws {
    self.url = url
    let indexURL = url.appendingPathComponent(DatasetIndex.fileName)
    guard let data = try? Data(contentsOf: indexURL) else {
      throw FileError(
        url, "is no data set: it has no readable \(DatasetIndex.fileName) (`polymath data scenes --out` writes one)")
    }
    do { index = try JSONDecoder().decode(DatasetIndex.self, from: data) } catch {
      throw FileError(indexURL, "is no data set index: \(error.briefly)")
    }
    guard index.format == DatasetIndex.currentFormat else {
      throw FileError(
        indexURL, "has the format '\(index.format)', but this version reads '\(DatasetIndex.currentFormat)'")
    }
    guard index.height > 0, index.width > 0 else {
      throw FileError(indexURL, "says that pictures are \(index.height)×\(index.width), but both have to be at least 1")
    }
    guard !index.tasks.isEmpty else { throw FileError(indexURL, "lists no tasks: one at least is needed") }
    guard !index.samples.isEmpty else { throw FileError(indexURL, "lists no samples") }
    try Self.check(index.tasks, indexURL)
    for entry in index.samples {
      for path in [entry.image] + entry.targets.values + [entry.objects].compactMap({ $0 }) {
        guard Self.isInside(path, of: url) else {
          throw FileError(
            indexURL,
            "sample '\(entry.id)' names the file '\(path)', which is no path inside of the folder (without '..', links followed)"
          )
        }
      }
    }
  }

  public var tasks: [VisionTask] { index.tasks }
  public var count: Int { index.samples.count }

  public func sample(at position: Int) throws -> Sample {
    let entry = index.samples[position]
    let imageURL = url.appendingPathComponent(entry.image)
    let picture = try Picture(contentsOf: imageURL)
    try check(picture, imageURL, channels: [1, 3, 4], bits: [8, 16])
    var targets: [String: PixelMap] = [:]
    for task in tasks {
      guard let path = entry.targets[task.name] else {
        throw FileError(
          url.appendingPathComponent(DatasetIndex.fileName), "sample '\(entry.id)' has no file for '\(task.name)'")
      }
      targets[task.name] = try target(task, at: url.appendingPathComponent(path))
    }
    return Sample(image: PixelMap(picture), targets: targets)
  }

  private func target(_ task: VisionTask, at url: URL) throws -> PixelMap {
    let picture = try Picture(contentsOf: url)
    switch task.kind {
    case .segmentation(let classes):
      try check(picture, url, channels: [1], bits: [8])
      let map = picture.rawMap
      if let wrong = map.values.first(where: { $0 >= Float(classes.count) && $0 != VisionTask.unknown }) {
        throw FileError(
          url, "holds the label \(Int(wrong)), but '\(task.name)' has \(classes.count) classes (255 is unknown)")
      }
      return map
    case .edges, .saliency:
      try check(picture, url, channels: [1], bits: [8])
      let map = picture.rawMap
      if let wrong = map.values.first(where: { $0 != 0 && $0 != 1 && $0 != VisionTask.unknown }) {
        throw FileError(url, "holds \(Int(wrong)), but '\(task.name)' is 0 or 1 (255 is unknown)")
      }
      return map
    case .depth:
      try check(picture, url, channels: [1], bits: [16])
      var map = picture.rawMap
      map.values = map.values.map { $0 == 0 ? VisionTask.unknown : $0 / DatasetIndex.depthUnitsPerMetre }
      return map
    case .normals:
      try check(picture, url, channels: [3], bits: [16])
      var map = picture.rawMap
      let count = map.height * map.width
      for index in 0..<count {
        let raw = (0..<3).map { map.values[$0 * count + index] }
        let isUnknown = raw == [0, 0, 0]
        for axis in 0..<3 {
          map.values[axis * count + index] = isUnknown ? VisionTask.unknown : raw[axis] / 32767 - 1
        }
      }
      return map
    case .quantities(let count):
      try check(picture, url, channels: [count == 1 ? 1 : 3], bits: [16])
      let raw = picture.rawMap
      let values = raw.values.prefix(count * raw.height * raw.width).map {
        $0 == DatasetIndex.unknownQuantity ? VisionTask.unknown : $0 / DatasetIndex.quantityScale
      }
      return PixelMap(channels: count, height: raw.height, width: raw.width, values: values)
    }
  }

  private func check(_ picture: Picture, _ url: URL, channels: [Int], bits: [Int]) throws {
    guard picture.height == index.height, picture.width == index.width else {
      throw FileError(
        url, "is \(picture.height)×\(picture.width), but the data set's pictures are \(index.height)×\(index.width)")
    }
    guard channels.contains(picture.channels) else {
      throw FileError(
        url, "has \(picture.channels) channels, but \(channels.map(String.init).joined(separator: " or ")) are expected"
      )
    }
    guard bits.contains(picture.bitDepth) else {
      throw FileError(
        url,
        "has \(picture.bitDepth) bits a sample, but \(bits.map(String.init).joined(separator: " or ")) are expected")
    }
  }

  /// Names become file names, and 255 is no class.
  private static func check(_ tasks: [VisionTask], _ url: URL) throws {
    guard Set(tasks.map(\.name)).count == tasks.count else { throw FileError(url, "names a task twice") }
    for task in tasks {
      guard !task.name.isEmpty, task.name != "input",
        task.name.allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) })
      else {
        throw FileError(url, "the task '\(task.name)' has to be named with letters, digits, - and _ (not 'input')")
      }
      if case .segmentation(let classes) = task.kind, !(1...255).contains(classes.count) {
        throw FileError(url, "the task '\(task.name)' has \(classes.count) classes, but 1 to 255 are possible")
      }
      if case .quantities(let count) = task.kind, !(1...3).contains(count) {
        throw FileError(url, "the task '\(task.name)' has \(count) quantities, but 1 to 3 are possible")
      }
    }
  }

  /// Whether a relative path stays in the folder, links followed.
  private static func isInside(_ path: String, of folder: URL) -> Bool {
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return false }
    let root = folder.resolvingSymlinksInPath().standardizedFileURL.path
    let target = folder.appendingPathComponent(path).resolvingSymlinksInPath().standardizedFileURL.path
    return target.hasPrefix(root + "/")
  }
}

extension Picture {
  /// The samples as they are, planar.
  fileprivate var rawMap: PixelMap {
    let count = width * height
    var values = [Float](repeating: 0, count: channels * count)
    func fill<Sample: BinaryInteger>(_ samples: [Sample]) {
      for index in 0..<count {
        for channel in 0..<channels { values[channel * count + index] = Float(samples[index * channels + channel]) }
      }
    }
    switch samples {
    case .bits8(let samples): fill(samples)
    case .bits16(let samples): fill(samples)
    }
    return PixelMap(channels: channels, height: height, width: width, values: values)
  }
}

extension Error {
  /// A decoding error in one line: what, and where in the document.
  var briefly: String {
    switch self as any Error {
    case DecodingError.keyNotFound(let key, let context):
      "'\(key.stringValue)' is missing\(context.place)"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\(context.debugDescription)\(context.place)"
    case DecodingError.dataCorrupted(let context): "\(context.debugDescription)\(context.place)"
    default: "\(self)"
    }
  }
}

extension DecodingError.Context {
  fileprivate var place: String {
    codingPath.isEmpty
      ? "" : " at " + codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
