import Foundation
import Support

/// Reads the pictures and the ground truth of a data set folder, in the formats that ``DatasetIndex`` describes.
struct TargetReader: Sendable {
  let pictures: PictureReader
  let unclearMasks: UnclearMaskReading
  /// What every file has to have.
  let height: Int
  let width: Int

  func image(at url: URL) throws -> PixelMap {
    let picture = try pictures.picture(at: url)
    try checkSize(picture, url)
    return PixelMap(picture)
  }

  func target(_ task: VisionTask, at url: URL) throws -> PixelMap {
    switch task.kind {
    case .segmentation(let classes): try labels(task, classCount: classes.count, at: url)
    case .edges, .saliency: try mask(task, at: url)
    case .depth: try depth(at: url)
    case .normals: try normals(at: url)
    case .quantities(let count): try quantities(count, at: url)
    }
  }

  // MARK: Labels

  private func labels(_ task: VisionTask, classCount: Int, at url: URL) throws -> PixelMap {
    let map = try storedSamples(at: url, channels: 1)
    if let wrong = map.values.first(where: { $0 >= Float(classCount) && $0 != VisionTask.unknown }) {
      throw FileError(
        url, "holds the label \(Int(wrong)), but '\(task.name)' has \(classCount) classes (255 is unknown)")
    }
    return classCount == 2 ? try clearMask(map, url) : map
  }

  private func mask(_ task: VisionTask, at url: URL) throws -> PixelMap {
    let map = try storedSamples(at: url, channels: 1)
    if let wrong = map.values.first(where: { $0 != 0 && $0 != 1 && $0 != VisionTask.unknown }) {
      throw FileError(url, "holds \(Int(wrong)), but '\(task.name)' is 0 or 1 (255 is unknown)")
    }
    return try clearMask(map, url)
  }

  /// Settles what 255 says.
  private func clearMask(_ map: PixelMap, _ url: URL) throws -> PixelMap {
    guard map.values.contains(VisionTask.unknown), !map.values.contains(1) else { return map }
    switch unclearMasks {
    case .unknown: return map
    case .foreground:
      var result = map
      result.values = map.values.map { $0 == VisionTask.unknown ? 1 : $0 }
      return result
    case .refused:
      let content = map.values.contains(0) ? "0 and 255 alone" : "255 alone"
      throw FileError(
        url,
        "holds \(content): is 255 the foreground, or is nothing known there? data.unclearMasks has to be 'foreground' or 'unknown'"
      )
    }
  }

  // MARK: Numbers

  private func depth(at url: URL) throws -> PixelMap {
    var map = try storedWords(at: url, channels: 1)
    map.values = map.values.map { $0 == 0 ? VisionTask.unknown : $0 / DatasetIndex.depthUnitsPerMetre }
    return map
  }

  private func normals(at url: URL) throws -> PixelMap {
    var map = try storedWords(at: url, channels: 3)
    let count = map.height * map.width
    for index in 0..<count {
      let raw = (0..<3).map { map.values[$0 * count + index] }
      let isUnknown = raw == [0, 0, 0]
      for axis in 0..<3 {
        map.values[axis * count + index] = isUnknown ? VisionTask.unknown : raw[axis] / 32767 - 1
      }
    }
    return map
  }

  private func quantities(_ count: Int, at url: URL) throws -> PixelMap {
    let raw = try storedWords(at: url, channels: count == 1 ? 1 : 3)
    let values = raw.values.prefix(count * raw.height * raw.width).map {
      $0 == DatasetIndex.unknownQuantity ? VisionTask.unknown : $0 / DatasetIndex.quantityScale
    }
    return PixelMap(channels: count, height: raw.height, width: raw.width, values: values)
  }

  // MARK: Files

  private func storedSamples(at url: URL, channels: Int) throws -> PixelMap {
    PixelMap(samplesOf: try storedPicture(at: url, channels: channels))
  }

  /// As ``storedSamples(at:channels:)``, of 16 bits.
  private func storedWords(at url: URL, channels: Int) throws -> PixelMap {
    let picture = try storedPicture(at: url, channels: channels)
    guard picture.bitDepth == 16 else {
      throw FileError(url, "has \(picture.bitDepth) bits a sample, but 16 are expected")
    }
    return PixelMap(samplesOf: picture)
  }

  private func storedPicture(at url: URL, channels: Int) throws -> Picture {
    let picture = try pictures.storedSamples(at: url)
    try checkSize(picture, url)
    guard picture.channels == channels else {
      throw FileError(url, "has \(picture.channels) channels, but \(channels) are expected")
    }
    return picture
  }

  private func checkSize(_ picture: Picture, _ url: URL) throws {
    guard picture.height == height, picture.width == width else {
      throw FileError(
        url, "is \(picture.height)×\(picture.width), but the data set's pictures are \(height)×\(width)")
    }
  }
}

extension PixelMap {
  /// A picture's samples as they are.
  fileprivate init(samplesOf picture: Picture) {
    let (count, channels) = (picture.width * picture.height, picture.channels)
    var values = [Float](repeating: 0, count: channels * count)
    func fill<Sample: BinaryInteger>(_ samples: [Sample]) {
      for index in 0..<count {
        for channel in 0..<channels { values[channel * count + index] = Float(samples[index * channels + channel]) }
      }
    }
    switch picture.samples {
    case .bits8(let samples): fill(samples)
    case .bits16(let samples): fill(samples)
    }
    self.init(channels: channels, height: picture.height, width: picture.width, values: values)
  }
}
