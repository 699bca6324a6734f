import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning

struct Group: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Group tasks by a saved affinity map, a similarity, or a history of losses.",
    discussion: """
      The file holds {"affinity": [[…], …]}, {"similarity": [[…], …]}, or {"decay": …, "steps": [{"groups": {"a": [0, 2], \
      …}, "order": ["a", …], "losses": [[…], …]}, …], "observesLastGroup": true}. If a run's folder is given, the \
      affinity that the run tracked last is used.
      """)

  @Argument(help: "The JSON file, or a run's folder.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "The rule that forms groups: positive or affinity-propagation.")
  var rule = "positive"

  @Option(help: "The convention by which a history is tracked: paper or publicCode.")
  var convention = AffinityMap.Convention.paper.rawValue

  @Option(
    name: .customLong("set"),
    help: "A parameter of the rule: edge=mean, closure=components, preference=0 or convergence=100. Can be repeated.")
  var settings: [String] = []

  func run() throws {
    guard let convention = AffinityMap.Convention(rawValue: convention) else {
      throw ValidationError("--convention is '\(convention)', but has to be paper or publicCode")
    }
    let rule = try TaskGrouping(rule: rule, settings: MethodSetting.dictionary(parsing: settings))
    try printJSON(saved.grouped(by: rule, convention: convention))
  }

  private var saved: SavedAffinity {
    get throws {
      let url = URL(fileURLWithPath: file)
      let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
      return try isFolder ? SavedAffinity(of: RunFolder(url)) : SavedAffinity(contentsOf: url)
    }
  }
}
