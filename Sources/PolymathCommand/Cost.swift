import ArgumentParser
import Experiments
import Foundation

struct Cost: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Count the parameters, the arithmetic and the memory of a network.",
    discussion: """
      The counts are those of one forward pass for one image, from the operators that run: matrix products, \
      convolutions and attention's products. They are given for all tasks together, and for each task alone. Nothing is \
      computed: a count takes about as long for a large network as for a small one.
      """)

  @Argument(help: "A configuration (a YAML file), or the folder of a run.", completion: .file())
  var subject: String

  @Option(name: .customLong("set"), help: "A change of one field of the configuration. Can be repeated.")
  var settings: [String] = []

  @Option(help: "Height and width of the image, such as 480x640; defaults to those of the configuration.")
  var size: String?

  @Option(help: "Divide the cost of all tasks by module or operator.")
  var by: String?

  @OptionGroup var checkpoint: CheckpointOption

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    let size = try size.map(parsed)
    let division = try by.map { text in
      guard let division = CostReport.Division(rawValue: text) else {
        throw ValidationError("--by is '\(text)', but has to be module or operator")
      }
      return division
    }
    let subject = try makeSubject()
    let report = CostReport(
      try subject.cost(height: size?.height, width: size?.width), of: subject.name, note: subject.note, by: division)
    if json { try printJSON(report, .prettyPrinted) } else { print(report.text) }
  }

  private func makeSubject() throws -> CostSubject {
    let url = URL(fileURLWithPath: subject)
    if url.isFolder {
      guard settings.isEmpty else {
        throw ValidationError("--set changes a configuration, but '\(subject)' is a run, whose network is what it is")
      }
      return try CostSubject(TrainedRun(RunFolder(url), checkpoint: checkpoint.name))
    }
    var configuration = try Configuration(contentsOf: url)
    for setting in settings { try configuration.apply(assignment: setting) }
    return try CostSubject(configuration)
  }

  private func parsed(_ text: String) throws -> (height: Int, width: Int) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let height = sides[0], let width = sides[1], (1...100_000).contains(height),
      (1...100_000).contains(width)
    else { throw ValidationError("--size is '\(text)', but has to be height x width, such as 480x640") }
    return (height, width)
  }
}
