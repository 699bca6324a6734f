import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct GroupTests {
  private func group(_ file: String, _ arguments: [String] = []) throws -> Command.Result {
    try withTemporaryFolder { folder in
      try Data(file.utf8).write(to: folder.appendingPathComponent("a.json"))
      return try Command.run(["group", "a.json"] + arguments, in: folder)
    }
  }

  private let map = #"{"affinity": [[1, 0.5, -1], [0.2, 1, 0.1], [0.3, 0.1, 1]]}"#
  private let history = """
    {"decay": 1, "observesLastGroup": true, "steps": [{"groups": {"a": [0], "b": [1]}, "order": ["a", "b"],
     "losses": [[2, 1], [1, 0.5], [0.75, 0.25]]}]}
    """

  @Test func groupsArePrinted() throws {
    #expect(try group(map).output == #"{"groups":[[0,1],[2]]}"# + "\n")
    let joined = try group(map, ["--rule", "positive", "--set", "edge=mean", "--set", "closure=components"])
    #expect(joined.output == #"{"groups":[[0,1,2]]}"# + "\n")
    let similarity = #"{"similarity": [[1, 0.9, -1], [0.8, 1, -1], [-1, -1, 1]]}"#
    let clustered = try group(similarity, ["--rule", "affinity-propagation"])
    #expect(clustered.output == #"{"groups":[[0,1],[2]]}"# + "\n", "\(clustered.errors)")
    // Halved by the first update, by a quarter and by half by the second.
    #expect(try group(history).output == #"{"affinity":[[0.5,0.5],[0.25,0.5]],"groups":[[0,1]]}"# + "\n")
  }

  @Test func theLastAffinityOfARunIsGrouped() throws {
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
      try Data("run:\n  seed: 1\n".utf8).write(to: run.appendingPathComponent("config.yaml"))
      func lines(_ maps: [String?]) -> Data {
        let lines = maps.enumerated().map { index, map in
          #"{"kind": "step", "step": \#(index + 1), "losses": {}, "weights": {}, "learningRate": 0, "seconds": 0, "waitSeconds": 0"#
            + (map.map { #", "affinity": \#($0)"# } ?? "") + "}\n"
        }
        return Data(lines.joined().utf8)
      }
      let metrics = run.appendingPathComponent("metrics.jsonl")
      try lines(["[[1, -1], [-1, 1]]", "[[1, 1], [1, 1]]", nil]).write(to: metrics)
      #expect(try Command.run(["group", "run"], in: folder).output == #"{"groups":[[0,1]]}"# + "\n")
      try lines([nil]).write(to: metrics)
      #expect(try Command.run(["group", "run"], in: folder).errors.contains("holds no affinity"))
      #expect(try Command.run(["group", "."], in: folder).errors.contains("holds no run"))
    }
  }

  @Test func wrongFilesAreAnswered() throws {
    let mistakes: [(file: String, arguments: [String], answer: String)] = [
      (#"{"affinity": [[1, 2], [3]]}"#, [], "row 1 has 1 numbers"),
      (#"{"affinity": []}"#, [], "is empty"),
      (#"{"affinities": [[1]]}"#, [], "has to be one of"),
      ("[1, 2", [], "is not {"),
      (map, ["--set", "edge=both"], "one of mutual, mean"),
      (map, ["--set", "egde=mean"], "Did you mean 'edge'?"),
      (map, ["--rule", "kmeans"], "one of positive, affinity-propagation"),
      (map, ["--convention", "code"], "paper or publicCode"),
      (#"{"affinity": [[0, 1], [1, 1]]}"#, ["--rule", "affinity-propagation"], "task 0 has no affinity to itself"),
      (#"{"similarity": [[1]]}"#, [], "--rule affinity-propagation"),
      (history.replacing("\"decay\": 1, ", with: ""), [], "'decay' above 0"),
      (history.replacing("\"b\"],", with: "\"c\"],"), [], "does not have"),
      (history.replacing("[0.75, 0.25]", with: "[0.75]"), [], "2 finite numbers"),
      (history.replacing("[0.75, 0.25]", with: "[0.75, 0]"), [], "have to be above 0"),
      (history.replacing("[2, 1]", with: "[1e-308, 1]").replacing("[1, 0.5]", with: "[1e308, 1]"), [], "not finite"),
      (history.replacing(", [0.75, 0.25]", with: ""), [], "2 rows of losses for 2 updates"),
      (#"{"decay": 1, "steps": [{"groups": {"a": [0]}, "order": [], "losses": [[1]]}]}"#, [], "'order' is empty"),
      (history.replacing("\"b\": [1]", with: "\"b\": [0]"), [], "0 to 1 once"),
    ]
    for mistake in mistakes {
      let result = try group(mistake.file, mistake.arguments)
      #expect(result.status != 0 && result.output.isEmpty, "\(mistake.file)")
      #expect(result.errors.contains(mistake.answer), "\(mistake.file): \(result.errors)")
    }
  }
}
