import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning

struct Aggregate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply a gradient aggregator to a saved gradient matrix.",
    discussion: """
      The file holds {"gradients": [[…], …], "losses": […]}, or {"steps": [such objects]} for methods that remember. \
      Where a method is random, "draws" (a list of numbers) and "order": "ascending" in the file fix its choices. \
      Parameters of single tasks name them by their rows, from 0: --set preference=0:1,1:2.
      """)

  @Argument(help: "The name of the aggregator.")
  var method: String

  @Option(help: "The JSON file to read.", completion: .file(extensions: ["json"]))
  var gradients: String

  @Option(name: .customLong("set"), help: "A parameter of the aggregator, such as c=0.4. Can be repeated.")
  var settings: [String] = []

  @Option(help: "The seed of the method's random choices.")
  var seed: UInt64 = 0

  func run() throws {
    let saved = try SavedGradients(contentsOf: URL(fileURLWithPath: gradients))
    let results = try saved.aggregated(
      by: method, settings: MethodSetting.dictionary(parsing: settings), seed: seed)
    if saved.isSequence { try printJSON(results) } else { try printJSON(results[0]) }
  }
}
