import Foundation
import Support

extension URL {
  /// The path below this folder.
  func file(_ path: String) -> URL { appendingPathComponent(path) }

  /// Whether there is a file or a folder.
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether some file in this folder has one of these extensions. It looks no further than the first.
  func holdsFile(_ extensions: String...) -> Bool {
    let entries = FileManager.default.enumerator(
      at: self, includingPropertiesForKeys: nil, options: [.skipsSubdirectoryDescendants])
    while let entry = entries?.nextObject() as? URL {
      if extensions.contains(entry.pathExtension.lowercased()) { return true }
    }
    return false
  }

  /// Returns the first folder inside of this one, at most two levels below it, of which a condition holds. It looks at some
  /// thousand files and folders at most.
  func firstFolderBelow(where fits: (URL) -> Bool) -> URL? {
    var (level, seenCount) = ([self], 0)
    for _ in 0..<2 {
      var next: [URL] = []
      for parent in level {
        let names = ((try? parent.contents()) ?? []).prefix(1000)
        for folder in names.map(parent.file) where folder.isFolder {
          if fits(folder) { return folder }
          next.append(folder)
        }
        seenCount += names.count
        guard seenCount < 1000 else { return nil }
      }
      level = next
    }
    return nil
  }

  /// The names of what lies in this folder, sorted.
  ///
  /// - Throws: `FileError` for a folder that cannot be read.
  func contents() throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw FileError.unreadable(self)
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }
}
