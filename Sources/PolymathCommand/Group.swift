import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning

struct Group: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Group tasks by a saved affinity map, a similarity, or a history of losses.",
    discussion: """
      The file holds {"affinity": [[…], …]}, {"similarity": [[…], …]}, or {"decay": …, "steps": [{"groups": {"a": [0, 2], \
      …}, "order": ["a", …], "losses": [[…], …]}, …], "observesLastGroup": true}. Every tenth line of a run's \
      metrics.jsonl holds an affinity: such a line by itself is a file, too.
      """)

  @Argument(help: "The JSON file.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "positive or affinity-propagation.")
  var rule = "positive"

  @Option(help: "How a history is tracked: paper or publicCode.")
  var convention = AffinityMap.Convention.paper.rawValue

  @Option(name: .customLong("set"), help: "A parameter: edge=mean, closure=components, preference=0, convergence=100.")
  var settings: [String] = []

  func run() throws {
    guard let convention = AffinityMap.Convention(rawValue: convention) else {
      throw ValidationError("--convention is '\(convention)', but has to be paper or publicCode")
    }
    let rule = try TaskGrouping(rule: rule, settings: MethodSetting.dictionary(parsing: settings))
    let result = try SavedAffinity(contentsOf: URL(fileURLWithPath: file)).grouped(by: rule, convention: convention)
    try printJSON(result)
  }
}
