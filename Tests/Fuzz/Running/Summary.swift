import Foundation

/// What became of a subject's inputs.
struct Summary {
  let subject: String
  var inputs = 0
  /// Read without an error.
  var accepted = 0
  /// Refused with an error that is made for people.
  var refused = 0
  var findings = 0
  var seconds = 0.0

  static let header = row("subject", "inputs", "accepted", "refused", "findings", "seconds")

  var line: String {
    Self.row(subject, "\(inputs)", "\(accepted)", "\(refused)", "\(findings)", String(format: "%.1f", seconds))
  }

  private static func row(_ subject: String, _ numbers: String...) -> String {
    subject.padding(toLength: 16, withPad: " ", startingAt: 0)
      + numbers.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
  }

  static func + (a: Summary, b: Summary) -> Summary {
    Summary(
      subject: a.subject, inputs: a.inputs + b.inputs, accepted: a.accepted + b.accepted,
      refused: a.refused + b.refused, findings: a.findings + b.findings, seconds: a.seconds + b.seconds)
  }
}
