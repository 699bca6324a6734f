import Foundation

extension FileManager {
  /// Creates a folder and those above it, where they do not exist yet.
  ///
  /// - Throws: ``FileError``.
  public func createFolder(_ url: URL) throws {
    do { try createDirectory(at: url, withIntermediateDirectories: true) } catch {
      let places = sequence(first: url.standardizedFileURL) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }
      if let existing = places.first(where: { fileExists(atPath: $0.path) }), !existing.isFolder {
        throw FileError(existing, "is a file, not a folder")
      }
      throw FileError(url, "cannot be created as a folder: \(Self.reason(of: error))")
    }
  }

  /// What the system says of an error of Foundation.
  private static func reason(of error: any Error) -> String {
    let inner = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    guard let inner, inner.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
    return String(cString: strerror(Int32(inner.code)))
  }
}
