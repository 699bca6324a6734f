import Experiments
import Foundation
import TestSupport
import Testing

/// Texts that cost more than they are long, and messages that quote them.
@Suite struct YAMLTests {
  private func complaint(_ yaml: String) -> String {
    do {
      _ = try Configuration(yaml: yaml, source: "c.yaml")
      return "nothing"
    } catch { return "\(error)" }
  }

  /// Each level names a list of six of the level below.
  private func bomb(levels: Int) -> String {
    let list = (0..<levels).reduce("[x, x, x, x, x, x]") { inner, level in
      "[&a\(level) \(inner)" + String(repeating: ", *a\(level)", count: 5) + "]"
    }
    return "data:\n  tasks: \(list)\n"
  }

  @Test(arguments: [1, 9, 30, 200])
  func aliasesAreRefusedAtOnce(_ levels: Int) {
    let start = ContinuousClock.now
    let found = complaint(bomb(levels: levels))
    #expect(found.contains("c.yaml, line 2: '*a0' repeats what '&a0' names"), "\(found)")
    #expect(found.count < 300 && ContinuousClock.now - start < .seconds(1))
  }

  @Test(arguments: [
    "base: &b {steps: 3}\ntraining: *b", "training: &b {steps: 3}\ndata: {<<: *b}", "? &k [a]\n: 1\n? *k\n: 2",
    "a: &b\n  - 'it''s\nc: [*b]", "data: {folder: &b-1_x x, validationFolder: *b-1_x }",
    // What looks like a quotation is none: a plain text goes on in the next line.
    "a: &b text\n  'more\nc: *b\nd: '",
  ])
  func nothingHidesAnAlias(_ yaml: String) {
    #expect(complaint(yaml).contains("aliases are not taken here"), "\(complaint(yaml))")
  }

  @Test(arguments: ["a*b&c", "**/x&y", "R&D", "&", "*", "& *", "x &y and *z"])
  func starsAndAmpersandsOfTextStay(_ text: String) throws {
    #expect(try Configuration(yaml: "data: {folder: '\(text)'}").data.folder == text)
  }

  @Test(arguments: ["[", "{a: ", "- ", "? ", "[[{", "{[: "])
  func deepTextsAreRefused(_ opening: String) {
    let found = complaint("data:\n  tasks: " + String(repeating: opening, count: 100_000 / opening.count))
    #expect(found.contains("nest more than 1000 levels deep") || found.contains("is no YAML"), "\(found)")
    #expect(found.count < 300)
  }

  @Test func whatIsNestedWithinTheLimitIsRead() {
    let lists = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
    #expect(complaint("data: {tasks: \(lists)}").contains("'data.tasks' is [[a list]], but has to be a list of names"))
  }

  /// Every field is optional, so that a file without any is a configuration, too.
  @Test(arguments: ["", "# nothing", "---", "data:"]) func nothingIsTheDefaults(_ text: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("c.yaml")
      try Data(text.utf8).write(to: file)
      #expect(try Configuration(contentsOf: file) == Configuration())
    }
  }

  @Test func longTextsAreRefused() throws {
    #expect(complaint("# " + String(repeating: "x", count: 300_000)).contains("has more than 262144 bytes"))
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("long.yaml")
      try Data(count: 300_000).write(to: url)
      for read in [{ _ = try Configuration(contentsOf: url) }, { _ = try Study(contentsOf: url) }] {
        #expect { try read() } throws: { "\($0)".contains("long.yaml: has more than 262144 bytes") }
      }
    }
  }

  /// Whatever is long where a message quotes it.
  @Test(arguments: [
    "data: {tasks: LONG}", "data: {tasks: [LONG, LONG, LONG, LONG, LONG, LONG, LONG]}", "data: {LONG: 1}", "LONG: 1",
    "LONG", "data: LONG", "run: {precision: LONG}", "network: {encoder: LONG}", "training: {steps: LONG}",
    "run: {LONG: 1, LONG: 2}", "data: {flip: LONG}", "data: {tasks: [[LONG]]}", "a: [LONG", "a: \"LONG", "a: @LONG",
  ])
  func messagesFitALine(_ template: String) {
    for long in [String(repeating: "x", count: 50_000), String(repeating: "é\u{1F469}\u{200D}\u{1F4BB}", count: 9000)] {
      let found = complaint(template.replacing("LONG", with: long))
      // The list of all encoders is part of one of them.
      #expect(found != "nothing" && found.count < 1400, "\(found.prefix(1000))")
      #expect(!found.contains("\n"))
    }
  }

  @Test func settingsAreReadByTheSameRules() {
    var configuration = Configuration()
    for (setting, answer) in [
      ("data.tasks=[&a x, *a]", "aliases are not taken here"),
      ("data.tasks=" + String(repeating: "[", count: 50_000), "nest more than 1000 levels deep"),
      ("data.tasks=[", "is no YAML"), ("data.tasks=" + String(repeating: "x", count: 300_000), "262144"),
      ("training.steps=" + String(repeating: "9", count: 5000), "has to be a whole number"),
      ("method.aggregator." + String(repeating: "c", count: 5000) + "=1", "nothing"),
      ("method." + String(repeating: "c", count: 5000) + ".c=1", "unknown part of a method"),
      (String(repeating: "c", count: 5000), "a setting looks like"),
    ] {
      var found = "nothing"
      do { try configuration.apply(assignment: setting) } catch { found = "\(error)" }
      #expect(found.contains(answer) && found.count < 500, "\(found.prefix(600))")
    }
  }

  @Test func studiesAreReadByTheSameRules() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("study.yaml")
      try Data("configuration: &c {training: {steps: 4}}\nmethods: {A: *c}\n".utf8).write(to: url)
      #expect { try Study(contentsOf: url) } throws: { "\($0)".contains("study.yaml, line 2: '*c' repeats") }
    }
  }

  /// Numbers are what people write, not what YAML 1.1 makes of them.
  @Test func numbersAreReadAsTheyAreWritten() throws {
    for (text, steps) in [("3", 3), ("'3'", 3), ("010", 10), ("1_000", 1000), ("+7", 7)] {
      #expect(try Configuration(yaml: "training: {steps: \(text)}").training.steps == steps, "\(text)")
    }
    for text in ["1:30", "1:1:1:1:1:1:1:1:1:1:1:1:1", "0x10", "1e3", "3.0", "-3", "99999999999999999999", "_", "~"] {
      #expect(complaint("training: {steps: \(text)}").contains("has to be a whole number"), "\(text)")
    }
    for (text, rate) in [("1e-3", 1e-3), (".5", 0.5), ("2", 2)] {
      #expect(try Configuration(yaml: "optimizer: {learningRate: \(text)}").optimizer.learningRate == rate, "\(text)")
    }
    for text in [".nan", "nan", "inf", ".inf", "-1", "1:30", "true"] {
      #expect(complaint("optimizer: {learningRate: \(text)}").contains("has to be a number"), "\(text)")
    }
    #expect(try Configuration(yaml: "data: {flip: off}").data.flip == false)
    #expect(complaint("data: {flip: 'off'}").contains("true or false"))
    #expect(try Configuration(yaml: "data: {folder: 'null'}").data.folder == "null")
    #expect(try Configuration(yaml: "data: {folder: null}").data.folder == nil)
  }
}
