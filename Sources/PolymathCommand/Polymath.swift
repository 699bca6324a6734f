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
      try requireKnown(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      do { try command.run() } catch let error as ValidationError {
        // The command line was understood: how commands are used would hide what is wrong.
        throw CommandFailure(description: error.message)
      }
    } catch { exit(withError: error) }
  }

  /// Finds the first word that should name a command, and does not.
  private static func requireKnown(
    _ words: ArraySlice<String>, among commands: [any ParsableCommand.Type] = configuration.subcommands
  ) throws {
    guard let name = words.first, !commands.isEmpty, !name.hasPrefix("-"), name != "help" else { return }
    guard let command = commands.first(where: { $0._commandName == name }) else {
      throw CommandFailure(description: unknownName("command", name, among: commands.map { $0._commandName }))
    }
    try requireKnown(words.dropFirst(), among: command.configuration.subcommands)
  }
}

/// What is wrong with a command, in words of its own.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
}
