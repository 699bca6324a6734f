import ArgumentParser

/// Reads damaged inputs of every kind: what comes from the world may be refused, but never ends the process, never hangs,
/// and never takes memory that its size does not justify.
@main struct PolymathFuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "script/fuzz", abstract: "Read damaged inputs of every kind.",
    subcommands: [Run.self, Worker.self, Replay.self, SelfTest.self], defaultSubcommand: Run.self)
}
