import ArgumentParser
import Experiments
import Foundation
import VisionData

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw what a run's network says about pictures.",
    discussion: "Writes a picture for every task, NAME-TASK.png, to the run's folder predictions or to --out.")

  @Argument(help: "The run's folder.", completion: .directory)
  var folder: String

  @Argument(help: "PNG or JPEG files.", completion: .file())
  var pictures: [String]

  @Option(help: "Where to write.")
  var out: String?

  @OptionGroup var checkpoint: CheckpointOption

  func validate() throws {
    guard !pictures.isEmpty else { throw ValidationError("Name at least one picture.") }
  }

  func run() throws {
    // All pictures are read before anything is written.
    let read = try pictures.map { path -> (String, Picture) in
      let url = URL(fileURLWithPath: path)
      return (url.deletingPathExtension().lastPathComponent, try Picture(contentsOf: url))
    }
    let run = try TrainedRun(RunFolder(URL(fileURLWithPath: folder)), checkpoint: checkpoint.name)
    let target = out.map { URL(fileURLWithPath: $0) } ?? run.folder.predictions
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    for (name, picture) in read {
      for (task, prediction) in run.predict(picture) {
        let url = target.appendingPathComponent("\(name)-\(task).png")
        try prediction.write(to: url)
        print(url.path)
      }
    }
  }
}
