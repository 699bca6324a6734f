import ArgumentParser
import Experiments

struct CheckpointOption: ParsableArguments {
  @Option(help: "The checkpoint to load: best or last.")
  var checkpoint = "best"

  var name: Checkpoint.Name {
    get throws {
      guard let name = Checkpoint.Name(rawValue: checkpoint) else {
        throw ValidationError("--checkpoint is '\(checkpoint)', but has to be best or last")
      }
      return name
    }
  }
}
