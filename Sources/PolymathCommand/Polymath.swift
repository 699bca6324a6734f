import ArgumentParser
import Foundation
import Support

@main
struct Polymath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "polymath",
    abstract: "Trains one vision network for many tasks, and keeps the tasks from hurting each other.",
    version: Version.current,
    subcommands: [
      Train.self, Compare.self, Evaluate.self, Predict.self, Analyze.self, Methods.self, Networks.self,
      Aggregate.self, Group.self, Encode.self,
      DataCommand.self, Bench.self,
    ])

  static func main() {
    // A file that outgrows its limit then is an error that can be told, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    main(nil)
  }
}
