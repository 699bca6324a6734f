import ArgumentParser
import Experiments
import Foundation

/// The options of commands that read a data set on disk.
struct DataOptions: ParsableArguments {
  @Argument(help: "The folder of the data set.", completion: .directory)
  var folder: String

  @Option(help: "The name of the data set; defaults to the one that fits the folder. `polymath datasets` lists them.")
  var dataset: String?

  @Option(
    help: "A configuration, whose data section counts.", completion: .file(extensions: ["yaml", "yml"]))
  var recipe: String?

  @Option(name: .customLong("set"), help: "A change of one field: data.field=value. Can be repeated.")
  var settings: [String] = []

  /// The configuration that the options say.
  func makeConfiguration() throws -> Configuration {
    var configuration = Configuration()
    if let recipe { configuration = try Configuration(contentsOf: URL(fileURLWithPath: recipe)) }
    configuration.data.folder = folder
    if let dataset, dataset != configuration.data.dataset?.name {
      try configuration.apply(assignment: "data.dataset=\(dataset)")
    }
    for setting in settings { try configuration.apply(assignment: setting) }
    return configuration
  }
}
