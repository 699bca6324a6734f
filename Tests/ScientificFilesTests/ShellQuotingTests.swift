import Support
import Testing

/// Words of the commands that errors and commands print.
@Suite struct ShellQuotingTests {
  @Test(arguments: [
    ("", "''"), ("data/set-1", "data/set-1"), ("data.tasks=[a, b]", "'data.tasks=[a, b]'"), ("it's", "'it'\\''s'"),
    ("a;b", "'a;b'"), ("$HOME", "'$HOME'"),
  ])
  func wordsAreQuotedWhereAShellReadsMoreIntoThem(word: String, quoted: String) {
    #expect(quotedForShell(word) == quoted)
  }
}
