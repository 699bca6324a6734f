import ArgumentParser
import Foundation
import Support

/// Damages inputs of all subjects, each in a process of its own that is started anew after a finding.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Damage and read inputs of all subjects.")

  @Argument(help: "The most inputs, over all subjects.")
  var count = 1_000_000

  @Argument(help: "The most seconds, over all subjects.")
  var seconds = 900.0

  @Option(help: "Of all inputs: the same seed gives the same inputs.")
  var seed: UInt64 = 1

  @Option(help: "One of: \(Subjects.names.joined(separator: ", ")). All when left out.")
  var only: [String] = []

  @Option(help: "Where inputs that were found are kept.")
  var out = ".build/fuzz-findings"

  func validate() throws {
    guard count > 0, seconds > 0 else { throw ValidationError("count and seconds have to be above 0") }
    if let unknown = only.first(where: { !Subjects.names.contains($0) }) {
      throw ValidationError(unknownName("subject", unknown, among: Subjects.names))
    }
  }

  func run() throws {
    let names = only.isEmpty ? Subjects.names : only
    let findings = FindingFolder(URL(fileURLWithPath: out))
    let start = Date()
    var (summaries, remaining): ([Summary], Int) = ([], count)
    print(Summary.header)
    for (position, name) in names.enumerated() {
      let subjectsLeft = names.count - position
      let supervisor = Supervisor(
        subject: name, seed: seed, count: remaining / subjectsLeft,
        seconds: (seconds - Date().timeIntervalSince(start)) / Double(subjectsLeft), findings: findings)
      let summary = try supervisor.run()
      print(summary.line)
      remaining -= summary.inputs
      summaries.append(summary)
    }
    print(summaries.reduce(Summary(subject: "all")) { $0 + $1 }.line)
    let findingCount = summaries.reduce(0) { $0 + $1.findings }
    guard findingCount == 0 else {
      print("the inputs of \(findingCount) findings are in \(out); `script/fuzz replay FILE` reads one again")
      throw ExitCode.failure
    }
  }
}
