import ArgumentParser
import Foundation
import Support

@main
struct Polymath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "polymath",
    abstract: "Train one vision network for many tasks at once, and keep the tasks from hurting each other.",
    version: Version.current,
    subcommands: [
      Train.self, Compare.self, Advise.self, Evaluate.self, EvaluateCoco.self, Predict.self, Analyze.self, Prune.self,
      Methods.self, Networks.self, Datasets.self, Cost.self, Forward.self,
      Aggregate.self, Group.self, Encode.self,
      DataCommand.self, Bench.self,
    ])

  static func main() {
    // Without these, a file that exceeds its size limit or a closed pipe would end the process; now they are errors.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    main(nil)
  }
}
