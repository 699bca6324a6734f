import Foundation
import MultitaskLearning
import Support

extension LayerConflicts {
  /// The file in the folder of a run that holds its counts.
  public static func url(in run: URL) -> URL { run.appendingPathComponent("layers.json") }

  /// Reads the counts of a run.
  ///
  /// - Throws: `FileError` if there are none, or the file is damaged.
  public init(ofRun run: URL) throws {
    let url = Self.url(in: run)
    guard let data = try? Data(contentsOf: url) else {
      throw FileError(
        url, "there are no conflicts of layers: they are counted in a run with --set diagnostics.layers=true")
    }
    guard let conflicts = try? JSONDecoder().decode(LayerConflicts.self, from: data) else {
      throw FileError(url, "does not hold the conflicts of a run's layers")
    }
    self = conflicts
  }

  /// Writes the counts to the folder of a run.
  ///
  /// - Throws: `FileError` when the disk refuses.
  public func write(toRun run: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try AtomicFile.write(encoder.encode(self), to: Self.url(in: run))
  }
}
