import Foundation
import ScientificFiles
import TestSupport

/// The files that these tests read.
enum Resource {
  static let folder = Bundle.module.bundleURL.appendingPathComponent("Resources")

  static func url(_ path: String) -> URL { folder.appendingPathComponent(path) }

  static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(path))) }

  /// All files in a folder that have one of some endings.
  static func files(in path: String, endings: Set<String>) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: url(path), includingPropertiesForKeys: nil)
      .filter { endings.contains($0.pathExtension) }.sorted { $0.path < $1.path }
  }

  static func expected(_ path: String = "expected.json") throws -> Reference { try Reference(contentsOf: url(path)) }
}

/// Writes bytes to a file that goes away after the body.
func withFile<Result>(_ bytes: [UInt8], _ body: (URL) throws -> Result) throws -> Result {
  try withTemporaryFolder { folder in
    let url = folder.appendingPathComponent("file")
    try Data(bytes).write(to: url)
    return try body(url)
  }
}
