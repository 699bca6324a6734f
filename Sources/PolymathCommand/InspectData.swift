import ArgumentParser
import Experiments
import Foundation

struct InspectData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Look at a data set: its layout, and for each task ranges, classes, and what is unknown or wrong.",
    discussion:
      "Some samples are drawn with their ground truth as a training would see them: with the transforms of the recipe, or of the defaults. The command fails if a file is missing or wrong, or if all samples are read (--count 0) and say nothing of a task."
  )

  @OptionGroup var data: DataOptions

  @Option(help: "The number of samples of each split that are read, evenly over the split; 0 reads all.")
  var count = 3

  @Option(help: "The PNG file for the drawings; the columns are the image and the tasks in their order.")
  var sheet = "inspection.png"

  func validate() throws {
    guard count >= 0 else { throw ValidationError("--count is \(count), but has to be at least 0.") }
    guard sheet.lowercased().hasSuffix(".png") else {
      throw ValidationError("--sheet is '\(sheet)', but has to be the path of a PNG file.")
    }
  }

  func run() throws {
    let inspection = try DatasetInspection(data.makeConfiguration(), count: count)
    print(inspection.text)
    if let picture = inspection.sheet {
      try picture.write(to: URL(fileURLWithPath: sheet))
      print("drawings: \(sheet)")
    }
    guard inspection.problems.isEmpty else { throw ExitCode.failure }
  }
}
