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
  /// - Returns: the folders that were written, and the number of samples in each; a part without samples is left out.
  /// - Throws: what is wrong with the data, and `FileError` (Support) for values that the format cannot hold.
  public func write(_ configuration: Configuration, to url: URL) throws -> [(folder: URL, count: Int)] {
    if let content = try? FileManager.default.contentsOfDirectory(atPath: url.path), !content.isEmpty {
      throw FileError(url, "is not empty: choose another folder, so that nothing is lost")
    }
    let source = try InspectedDataset(configuration)
    let available = try source.tasks()
    let chosen = tasks ?? available.map(\.name)
    if let unknown = chosen.first(where: { name in !available.contains { $0.name == name } }) {
      throw ConfigurationError(unknownName("task", unknown, among: available.map(\.name)))
    }
    let dataset = try source.openForConversion(chosen)
    var written: [(URL, Int)] = []
    for (part, samples) in zip(Self.parts, [dataset.training, dataset.validation]) where samples.count > 0 {
      let folder = url.appendingPathComponent(part)
      let limited = SampleRange(samples, 0..<min(samples.count, count ?? .max))
      try DatasetWriter(folder, pictureFormat: pictureFormat).write(limited, options) {
        progress(part, $0, limited.count)
      }
      written.append((folder, limited.count))
    }
    return written
  }
}
