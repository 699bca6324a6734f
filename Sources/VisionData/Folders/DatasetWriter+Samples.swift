import Foundation
import Support

extension DatasetWriter {
  /// What the samples of a source become in a folder.
  public struct SampleOptions: Sendable {
    /// The height and width of all images in pixels; nil if they keep their size, which has to be one.
    public var size: (height: Int, width: Int)?
    /// The units of depth files in a meter: files hold 65535 of them at most.
    public var depthUnits: Float

    /// Creates options.
    ///
    /// - Parameters:
    ///   - size: the height and width of all images in pixels; nil if they keep their size, which has to be one.
    ///   - depthUnits: the units of depth files in a meter.
    public init(size: (height: Int, width: Int)? = nil, depthUnits: Float = DatasetIndex.depthUnitsPerMeter) {
      self.size = size
      self.depthUnits = depthUnits
    }
  }

  /// Writes the samples of a source with the ground truth of its tasks. Groups of objects (crowds) are left out.
  ///
  /// - Parameters:
  ///   - source: the samples.
  ///   - options: what they become.
  ///   - progress: what is called after every sample with the number of samples written so far.
  /// - Throws: `FileError` (Support) when the folder holds something already, for images of several sizes, for values that
  ///   the folder's files cannot hold, and what reading the samples throws.
  public func write(
    _ source: any SampleSource, _ options: SampleOptions = SampleOptions(), progress: (Int) -> Void = { _ in }
  ) throws {
    guard source.count > 0 else { throw FileError(url, "is not written: there are no samples") }
    guard source.tasks.filter({ !$0.objectClasses.isEmpty }).count < 2 else {
      throw FileError(url, "is not written: a folder holds the objects of one task")
    }
    // What is wrong with the first sample leaves nothing behind.
    let first = try prepared(source.sample(at: 0), options)
    let folders = ["images"] + (first.depthChannel == nil ? [] : [Self.depthFolder])
    try makeFolders(
      folders + source.tasks.filter(\.kind.format.hasFiles).map(\.name)
        + (source.tasks.contains { !$0.objectClasses.isEmpty } ? ["objects"] : []))
    let images = try ImageOutput(
      url, pictureFormat, count: source.count, height: first.image.height, width: first.image.width)
    var entries: [DatasetIndex.Entry] = []
    for position in 0..<source.count {
      let sample = position == 0 ? first : try prepared(source.sample(at: position), options)
      guard sample.image.height == first.image.height, sample.image.width == first.image.width else {
        throw FileError(
          url,
          "needs images of one size, but sample \(position + 1) is \(sample.image.height)×\(sample.image.width), and the first is \(first.image.height)×\(first.image.width): a height and a width have to be chosen"
        )
      }
      entries.append(try write(sample, position, of: source, options, images))
      progress(position + 1)
    }
    try write(
      DatasetIndex(
        format: DatasetIndex.currentFormat, height: first.image.height, width: first.image.width, tasks: source.tasks,
        samples: entries,
        depthUnits: options.depthUnits == DatasetIndex.depthUnitsPerMeter ? nil : options.depthUnits))
  }

  /// Returns a sample in the size in which it is written.
  ///
  /// - Throws: `FileError` for values that the folder's files cannot hold, with all tasks that have such, and those whose
  ///   values they can hold.
  @discardableResult
  package func prepared(_ sample: Sample, _ options: SampleOptions) throws -> Sample {
    var sample = sample
    if let size = options.size, size != (sample.image.height, sample.image.width) {
      sample = sample.applying(.resize(height: size.height, width: size.width))
    }
    var (complaints, suited) = ([String](), [String]())
    for (task, target) in sample.targets.sorted(by: { $0.key < $1.key }) {
      if let complaint = Self.complaint(about: target.map, of: task, options) {
        complaints.append(complaint)
      } else {
        suited.append(task)
      }
    }
    let depth = sample.depthChannel.map { DenseMap(.distances, Self.depth(of: sample.image, $0)) }
    if let complaint = Self.complaint(about: depth, of: "the image's depth", options) { complaints.append(complaint) }
    guard !complaints.isEmpty else { return sample }
    let advice =
      suited.isEmpty ? "" : ". The other tasks can be written: `--tasks \(suited.joined(separator: ","))` chooses them"
    throw FileError(url, complaints.joined(separator: "; ") + advice)
  }

  private static func depth(of image: PixelMap, _ channel: Int) -> PixelMap {
    let count = image.height * image.width
    return PixelMap(
      channels: 1, height: image.height, width: image.width,
      values: Array(image.values[channel * count..<(channel + 1) * count]))
  }

  /// Why the files cannot hold a map; nil if they can, or if there is none.
  private static func complaint(about map: DenseMap?, of task: String, _ options: SampleOptions) -> String? {
    guard let map else { return nil }
    let largest = map.values.values.max() ?? 0
    return switch map.content {
    case .distances where largest * options.depthUnits > 65_535:
      "cannot hold depth of \(largest) m ('\(task)'): with \(options.depthUnits) units in a meter, files hold up to \(65_535 / options.depthUnits) m"
    case .quantities where largest > 1 || (map.values.values.min() ?? 0) < 0:
      "cannot hold '\(task)': its files hold numbers from 0 to 1, but there are others"
    case .inverseDistances where largest > 255.9:
      "cannot hold a disparity of \(largest) ('\(task)'): its files hold up to 255.9"
    default: nil
    }
  }

  private func write(
    _ sample: Sample, _ position: Int, of source: any SampleSource, _ options: SampleOptions, _ images: ImageOutput
  ) throws -> DatasetIndex.Entry {
    var entry = try images.write(Picture(colorsOf: sample.image), position)
    if let channel = sample.depthChannel {
      let path = "\(Self.depthFolder)/\(entry.id).png"
      try depthPicture(of: sample.image, channel, options).write(to: url.appendingPathComponent(path))
      entry.depthImage = path
    }
    for task in source.tasks {
      let target = sample.target(of: task.name)
      if let objects = target.objects {
        try write(objects, task.objectClasses, &entry)
      } else {
        try task.kind.format.write(inUnits(target, options), of: task, to: url, &entry)
      }
    }
    return entry
  }

  private func write(
    _ objects: [ObjectAnnotation], _ classes: [String], _ entry: inout DatasetIndex.Entry
  ) throws {
    let path = "objects/\(entry.id).json"
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let records = objects.filter { !$0.isCrowd }.map { ObjectRecord($0, kind: classes[$0.label]) }
    try AtomicFile.write(encoder.encode(records), to: url.appendingPathComponent(path))
    entry.objects = path
  }

  /// The format of depth writes the usual units: what has others is stretched before.
  private func inUnits(_ target: Target, _ options: SampleOptions) -> Target {
    guard let map = target.map, map.content == .distances, options.depthUnits != DatasetIndex.depthUnitsPerMeter else {
      return target
    }
    var values = map.values
    values.values = values.values.map { $0 * options.depthUnits / DatasetIndex.depthUnitsPerMeter }
    return .map(DenseMap(.distances, values, known: map.known))
  }

  private func depthPicture(of image: PixelMap, _ channel: Int, _ options: SampleOptions) -> Picture {
    let depth = Self.depth(of: image, channel)
    return Picture(
      width: image.width, height: image.height, channels: 1,
      samples: .bits16(depth.values.map { UInt16(($0 * options.depthUnits).rounded()) }))
  }
}

extension Picture {
  /// Creates an image of 8 bits of the first three channels of a map, whose colors are from 0 to 1.
  init(colorsOf map: PixelMap) {
    let count = map.height * map.width
    var samples = [UInt8](repeating: 0, count: 3 * count)
    for index in 0..<count {
      for channel in 0..<3 {
        let value = map.values[min(channel, map.channels - 1) * count + index]
        samples[3 * index + channel] = UInt8(max(0, min(255, (value * 255).rounded())))
      }
    }
    self.init(width: map.width, height: map.height, channels: 3, samples: .bits8(samples))
  }
}
