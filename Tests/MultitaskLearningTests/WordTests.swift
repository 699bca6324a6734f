import Foundation
import Testing

/// The methods know no vision network, no configuration file and no command: their sources do not name them.
@Suite struct WordTests {
  private static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/MultitaskLearning")

  /// Names of networks and their parts, fields of a configuration, options and names of a command.
  private static var foreignWords: [Regex<Substring>] {
    [
      /(?i)\bvit[_-]|\bresnet|\bhrnet|\bsegnet|\bdeeplab|\baspp\b|\bmti-net|\bimagenet|\bbackbone\./,
      /(?i)visiontransformer|\bpascal\b|\bnyu|\bcityscapes/,
      /\b(?:method|network|optimizer|training|data|run|evaluation|diagnostics)\.[a-z]/,
      /--[a-z]/,
      /\bpolymath\b|command line|command-line/,
    ]
  }

  /// What a line says to people: its comment, and its string literals.
  private func prose(of line: String) -> String {
    let comment = line.firstRange(of: "//").map { String(line[$0.upperBound...]) } ?? ""
    let code = line.firstRange(of: "//").map { String(line[..<$0.lowerBound]) } ?? line
    // Code within literals is no text.
    let literals = code.replacing(/\\\([^()]*(\([^()]*\)[^()]*)*\)/, with: "…").matches(of: /"([^"]*)"/).map(\.1)
    return ([comment] + literals.map(String.init)).joined(separator: " ")
  }

  @Test func methodsNameNothingOfVisionOrTheCommand() throws {
    let paths = FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)
    let files = (paths?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    #expect(files.count > 80)
    for file in files {
      let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
      for (number, line) in lines.enumerated() {
        let text = prose(of: line)
        for word in Self.foreignWords {
          if let found = text.firstMatch(of: word) {
            Issue.record("\(file.lastPathComponent):\(number + 1) says '\(found.0)': \(text)")
          }
        }
      }
    }
  }

  @Test func theTestSeesWhatItLooksFor() {
    for line in [
      #"throw MethodError("method.level has to be parameters")"#, "/// Such as `vit_tiny_patch16_224`.",
      "/// Set by `--set`.", #"let text = "\(a): see network.encoder""#, "/// `polymath methods` lists them.",
    ] {
      #expect(Self.foreignWords.contains { prose(of: line).firstMatch(of: $0) != nil }, "\(line)")
    }
    for line in ["level = method.level // the level", #"return "\(method.level) of the network.""#] {
      #expect(!Self.foreignWords.contains { prose(of: line).firstMatch(of: $0) != nil }, "\(line)")
    }
  }
}
