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
    do {
      try requireKnownSubcommand()
      var command = try parseAsRoot()
      do { try command.run() } catch let error as ValidationError {
        // The command line was understood: how commands are used would hide what is wrong.
        throw CommandFailure(description: error.message)
      }
    } catch { exit(withError: error) }
  }

  private static func requireKnownSubcommand() throws {
    let known = configuration.subcommands.map { $0._commandName } + ["help"]
    guard let name = CommandLine.arguments.dropFirst().first, !name.hasPrefix("-"), !known.contains(name) else {
      return
    }
    throw CommandFailure(description: unknownName("command", name, among: known))
  }
}

/// What is wrong with a command, in words of its own.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
}
