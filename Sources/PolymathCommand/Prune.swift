import ArgumentParser
import Experiments
import Foundation

struct Prune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prune the network of a run with gates to a static one.",
    discussion: """
      Channels that nothing reads are gone, and streams that are equal are computed once; the predictions stay the same. \
      The static network is a run of its own, which evaluates, predicts, and is trained further with `polymath train \
      --resume --out` and its folder. The pruned run stays as it is. A training that ends prunes its checkpoint 'best' \
      to the folder `pruned` by itself, unless the static network there was trained since.
      """)

  @Argument(help: "The folder of a run that was trained with network.sharing gates.", completion: .directory)
  var folder: String

  @Option(help: "The folder of the new run; defaults to `pruned` in the run's folder.")
  var out: String?

  @Option(help: "The tasks whose predictions are wanted, joined by commas; defaults to all.")
  var tasks: String?

  @Flag(help: "Replace a pruned run in the folder that was not trained since.")
  var overwrite = false

  @OptionGroup var checkpoint: CheckpointOption

  func validate() throws {
    guard out != "" else { throw ValidationError("--out is empty, but has to name the new run's folder.") }
    guard tasks?.isEmpty != true else { throw ValidationError("--tasks is empty, but has to name a task.") }
  }

  func run() throws {
    let run = try TrainedRun(RunFolder(URL(fileURLWithPath: folder)), checkpoint: checkpoint.name)
    let target = out.map { RunFolder(URL(fileURLWithPath: $0)) } ?? run.folder.pruned
    guard !target.url.isSameFile(as: run.folder.url) else {
      throw ValidationError("'\(target.url.path)' is the run that is pruned: --out has to name another folder.")
    }
    let wanted = tasks.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    print(try PrunedRun(run, to: target, for: wanted, replacing: overwrite).text)
  }
}
