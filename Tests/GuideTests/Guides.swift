import Foundation

/// The guides, and the sources that hold their code.
enum Guides {
  struct Block {
    let language: String
    let lines: [String]

    var text: String { lines.joined(separator: "\n") + "\n" }
    /// Without indentation, which a source file may change.
    var trimmedLines: [String] { lines.map { $0.trimmingCharacters(in: .whitespaces) } }
  }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let documentation = root.appendingPathComponent("Sources/MultitaskLearning/Documentation.docc")

  /// The modules of the library that have an overview.
  static let modules = [
    "Support", "Torch", "NeuralNetworks", "MultitaskLearning", "VisionNetworks", "Detection", "ScientificFiles",
    "VisionData", "VisionMetrics", "Experiments",
  ]

  /// The overviews of the modules and the guides of the documentation, and what a reader sees first.
  static var files: [URL] {
    get throws {
      let catalogs = modules.map { root.appendingPathComponent("Sources/\($0)/Documentation.docc") }
      return try catalogs.flatMap(markdown) + markdown(in: root.appendingPathComponent("Documentation"))
        + ["README.md", "CONTRIBUTING.md"].map { root.appendingPathComponent($0) }
    }
  }

  private static func markdown(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "md" }.sorted { $0.path < $1.path }
  }

  /// The fenced blocks of a guide.
  static func blocks(of guide: URL) throws -> [Block] {
    var blocks: [Block] = []
    var open: (language: String, lines: [String])?
    for line in try String(contentsOf: guide, encoding: .utf8).components(separatedBy: "\n") {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      guard trimmed.hasPrefix("```") else {
        open?.lines.append(line)
        continue
      }
      if let block = open {
        blocks.append(Block(language: block.language, lines: block.lines))
        open = nil
      } else {
        open = (String(trimmed.dropFirst(3)), [])
      }
    }
    return blocks
  }

  /// The lines of every source file beside this one, without indentation.
  static var sources: [(name: String, lines: [String])] {
    get throws { try swiftFiles(below: URL(fileURLWithPath: #filePath).deletingLastPathComponent()).map(lines) }
  }

  /// The lines of all of the library's source files, without indentation.
  static var librarySources: [(name: String, lines: [String])] {
    get throws { try swiftFiles(below: root.appendingPathComponent("Sources")).map(lines) }
  }

  private static func lines(of file: URL) throws -> (name: String, lines: [String]) {
    let text = try String(contentsOf: file, encoding: .utf8)
    return (
      file.lastPathComponent, text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    )
  }

  private static func swiftFiles(below folder: URL) -> [URL] {
    let paths = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (paths?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }
}
