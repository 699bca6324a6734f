import Foundation
import Testing

/// A browser without a window.
enum Browser {
  /// What a page has become after its scripts have run.
  ///
  /// - Parameter profile: a folder that the browser may fill.
  static func dom(of page: URL, profile: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(profile.path)", "--dump-dom",
      page.absoluteString,
    ]
    let output = profile.deletingLastPathComponent().appendingPathComponent("dom-\(UUID().uuidString).html")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "chromium is needed: script/test installs it")
    return try String(contentsOf: output, encoding: .utf8)
  }
}
