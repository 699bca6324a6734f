import ArgumentParser
import Foundation

/// Finds planted faults of every kind: a net with a hole finds nothing, either.
struct SelfTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "self-test", abstract: "Find planted faults of every kind.")

  func run() throws {
    try WorkFolder.with { folder in
      let findings = FindingFolder(folder)
      let summary = try Supervisor(subject: PlantedSubject.name, seed: 1, count: 48, seconds: 300, findings: findings)
        .run()
      print(Summary.header, summary.line, separator: "\n")
      var seen: Set<PlantedSubject.Fault> = []
      let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      for file in files.filter({ $0.pathExtension == "input" }) {
        let reason = try String(contentsOf: file.deletingPathExtension().appendingPathExtension("txt"), encoding: .utf8)
        guard let fault = try Data(contentsOf: file).first.flatMap(PlantedSubject.Fault.init) else {
          throw Violation("an input without a fault was found: \(reason)")
        }
        guard reason.contains(fault.words) else { throw Violation("\(fault) was found as: \(reason)") }
        seen.insert(fault)
      }
      let missed = PlantedSubject.Fault.allCases.filter { !seen.contains($0) }
      guard missed.isEmpty else { throw Violation("not found: \(missed)") }
      print("all \(seen.count) kinds of planted faults were found")
    }
  }
}
