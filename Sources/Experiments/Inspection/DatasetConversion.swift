import Foundation
import Support
import VisionData

/// Writes a data set of any reader in this software's folder format: one folder for training, and one for validation.
///
/// What is slow to read is computed once that way: thinned edges, small copies of large images.
public struct DatasetConversion {
  /// The file format of images.
  public var pictureFormat = DatasetWriter.PictureFormat.png
  /// What the samples become.
  public var options = DatasetWriter.SampleOptions()
  /// The names of the tasks to write; nil if all are.
  public var tasks: [String]?
  /// The most samples of each part; nil if all are written.
  public var count: Int?
  /// What is called after every sample with the part and the number of samples written so far.
  public var progress: (_ part: String, _ count: Int, _ total: Int) -> Void = { _, _, _ in }

  /// The names of the two folders.
  public static let parts = ["training", "validation"]

  /// Creates a conversion of all tasks and samples, in their own size.
  public init() {}

  /// Writes a data set.
  ///
  /// - Parameters:
  ///   - configuration: of which the data count: folder and data set.
  ///   - url: the folder for both parts, which has to be new or empty.
  /// - Returns: what was written.
  /// - Throws: what is wrong with the data, and `FileError` (Support) for values that the format cannot hold, with the
  ///   tasks whose values it can.
  public func write(_ configuration: Configuration, to url: URL) throws -> ConvertedDataset {
    if let content = try? FileManager.default.contentsOfDirectory(atPath: url.path), !content.isEmpty {
      throw FileError(url, "is not empty: choose another folder, so that nothing is lost")
    }
    let source = try InspectedDataset(configuration)
    let available = try source.tasks()
    let chosen = tasks ?? available.map(\.name)
    if let unknown = chosen.first(where: { name in !available.contains { $0.name == name } }) {
      throw ConfigurationError(unknownName("task", unknown, among: available.map(\.name)))
    }
    guard !chosen.isEmpty else {
      throw ConfigurationError("no task is chosen; there are \(available.map(\.name).joined(separator: ", "))")
    }
    let dataset = try source.openForConversion(chosen)
    let parts = zip(Self.parts, [dataset.training, dataset.validation]).filter { $1.count > 0 }
    // What is wrong with the first sample of a part is said before another part is written.
    for (_, samples) in parts { try DatasetWriter(url).prepared(samples.sample(at: 0), options) }
    var written: [(URL, Int)] = []
    for (part, samples) in parts {
      let folder = url.appendingPathComponent(part)
      let limited = SampleRange(samples, 0..<min(samples.count, count ?? .max))
      try DatasetWriter(folder, pictureFormat: pictureFormat).write(limited, options) {
        progress(part, $0, limited.count)
      }
      written.append((folder, limited.count))
    }
    return ConvertedDataset(
      parts: written, tasks: available.filter { chosen.contains($0.name) }, channels: configuration.data.channels)
  }
}
