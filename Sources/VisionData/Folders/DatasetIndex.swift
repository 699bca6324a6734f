import Foundation
import Support

/// The file `dataset.json` of a data set folder: which tasks there are, and where every sample's files lie.
public struct DatasetIndex: Codable, Sendable {
  /// A sample of the data set.
  public struct Entry: Codable, Sendable {
    /// The sample's name.
    public var id: String
    /// The path of the image's file, relative to the folder.
    public var image: String
    /// The position of the image in a file of many: an array of NumPy, images × height × width × 3, of bytes. It is nil
    /// for a PNG or JPEG file.
    public var imagePosition: Int?
    /// The paths of the files with ground truth, by task, relative to the folder. Nothing is known of a task that is
    /// left out.
    public var targets: [String: String]
    /// What is known of the image as a whole, by attribute; nil if nothing is.
    public var attributes: [String: Bool]?
    /// A file with depth that belongs to the image as its fourth channel, relative to the folder, in the format of
    /// depth targets; nil if there is none.
    public var depthImage: String?
    /// The path of the file with boxes, masks and occlusion of the objects, relative to the folder; nil if they are not
    /// known.
    public var objects: String?
  }

  /// The name of the index's file in its folder.
  public static let fileName = "dataset.json"
  /// The format that this version reads and writes.
  public static let currentFormat = "polymath-dataset-1"
  /// The usual units of depth files in a meter: they hold whole tenths of a millimeter, and zero where depth is unknown.
  public static let depthUnitsPerMeter: Float = 10_000
  /// The number that stands for 1 in files of quantities; ``unknownQuantity`` stands where a value is unknown.
  public static let quantityScale: Float = 65_534
  /// The number that files of quantities hold where a value is unknown.
  public static let unknownQuantity: Float = 65_535

  /// The format of the folder: ``currentFormat``.
  public var format: String
  /// The height of all images, in pixels.
  public var height: Int
  /// The width of all images, in pixels.
  public var width: Int
  /// Everything that the data set has ground truth for.
  public var tasks: [VisionTask]
  /// The samples, in order.
  public var samples: [Entry]
  /// The units of the depth files in a meter; nil if they are ``depthUnitsPerMeter``, which holds up to 6.5 m.
  public var depthUnits: Float?
}

// MARK: Reading

extension DatasetIndex {
  /// Reads the index of a folder.
  ///
  /// - Throws: `FileError` for a folder without an index, and for one that is damaged or contradicts itself.
  init(ofFolder folder: URL, pixelLimit: Int) throws {
    let url = folder.appendingPathComponent(Self.fileName)
    guard let data = try? Data(contentsOf: url) else {
      throw FileError(
        folder, "is not a data set: it has no readable \(Self.fileName) (`polymath data scenes --out` writes one)")
    }
    do { self = try JSONDecoder().decode(DatasetIndex.self, from: data) } catch {
      throw FileError(url, "is not a data set index: \(Self.complaint(about: error, data))")
    }
    guard format == Self.currentFormat else {
      throw FileError(url, "has the format '\(format)', but this version reads '\(Self.currentFormat)'")
    }
    try checkSize(url, pixelLimit: pixelLimit)
    if let depthUnits, !(depthUnits > 0 && depthUnits.isFinite) {
      throw FileError(
        url, "has the depthUnits \(depthUnits), but depth files have a number of units above 0 in a meter")
    }
    guard !tasks.isEmpty else { throw FileError(url, "lists no tasks: one at least is needed") }
    guard !samples.isEmpty else { throw FileError(url, "lists no samples") }
    try VisionTask.check(tasks, of: url)
    try checkTargets(url)
  }

  /// A misspelled name would leave labels out, and no error would say so.
  private func checkTargets(_ url: URL) throws {
    let names = tasks.map(\.name)
    let attributes = tasks.flatMap(\.kind.format.attributes)
    for sample in samples {
      try check(sample.targets.keys, of: sample, "has a file for", "task", among: names, url)
      try check(sample.attributes?.keys, of: sample, "knows", "attribute", among: attributes, url)
    }
  }

  private func check(
    _ found: (some Sequence<String>)?, of sample: Entry, _ says: String, _ what: String, among names: [String],
    _ url: URL
  ) throws {
    let known = Set(names)
    guard let unknown = found?.sorted().first(where: { !known.contains($0) }) else { return }
    throw FileError(
      url, "sample '\(excerpt(sample.id))' \(says) " + unknownName(what, unknown, among: names))
  }

  /// What is wrong with an index, in words of the format.
  private static func complaint(about error: any Error, _ data: Data) -> String {
    let path = (error as? DecodingError)?.path ?? []
    if path.contains("kind") {
      return
        "the kind at \(path.joined(separator: ".")) has to be one of {\"segmentation\": {\"classes\": [names]}}, {\"depth\": {}}, {\"disparity\": {}}, {\"normals\": {}}, {\"edges\": {}}, {\"saliency\": {}}, {\"quantities\": {\"count\": 1 to 3}}, {\"attributes\": {\"names\": [names]}}, {\"probabilities\": {\"count\": number of classes}}, {\"objects\": {\"classes\": [names]}}"
    }
    guard path.isEmpty, (try? JSONSerialization.jsonObject(with: data)) != nil else { return error.briefly }
    return
      "it has to be an object with 'format', 'height' and 'width' (whole numbers), 'tasks' and 'samples' (\(error.briefly))"
  }

  private func checkSize(_ url: URL, pixelLimit: Int) throws {
    guard height > 0, width > 0 else {
      throw FileError(url, "says that images are \(height)×\(width), but both have to be at least 1")
    }
    let (count, overflow) = height.multipliedReportingOverflow(by: width)
    guard !overflow, count <= pixelLimit else {
      throw FileError(
        url,
        "says that images are \(height)×\(width), more than the limit of \(pixelLimit) pixels (data.pixelLimit)")
    }
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

extension DecodingError {
  /// Where in the document the error is.
  fileprivate var path: [String] {
    switch self {
    case .keyNotFound(_, let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
    @unknown default: []
    }
  }
}

extension DecodingError.Context {
  fileprivate var place: String {
    codingPath.isEmpty
      ? "" : " at " + codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
