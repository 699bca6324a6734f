import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning
import Support
import VisionData

struct WriteScenes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenes", abstract: "Write the embedded scenes as a data set, to a folder that data.folder can name.")

  @Option(help: "The folder for the data set, which has to be new or empty.", completion: .directory)
  var out: String

  @Option(help: "The number of scenes.")
  var count = 100

  @Option(help: "The seed of the scenes; the same seed gives the same scenes.")
  var seed: UInt64 = 1

  @Option(help: "The height of the images, in pixels.")
  var height = 96

  @Option(help: "The width of the images, in pixels.")
  var width = 128

  @Option(help: "The format of the images: png or jpeg. Ground truth is always PNG.")
  var format = "png"

  @Option(help: "The channels of the images: rgb, or rgbd for a depth image beside each.")
  var channels = ImageChannels.rgb.rawValue

  @Option(help: "The tasks to write, separated by commas; defaults to all.")
  var tasks: String?

  func validate() throws {
    let sides = 16...8192
    for (name, value, range) in [
      ("count", count, 1...10_000_000), ("height", height, sides), ("width", width, sides),
    ] where !range.contains(value) {
      throw ValidationError(
        "--\(name) is \(value), but has to be from \(range.lowerBound) to \(range.upperBound).")
    }
  }

  func run() throws {
    guard let format = DatasetWriter.PictureFormat(rawValue: format) else {
      throw ValidationError("--format is '\(format)', but has to be png, jpeg or packed")
    }
    guard let channels = ImageChannels(rawValue: channels) else {
      throw ValidationError("--channels is '\(channels)', but has to be rgb or rgbd")
    }
    let scenes = Scenes(
      seed: seed, count: count, height: height, width: width, tasks: try chosenTasks(), channels: channels)
    try DatasetWriter(URL(fileURLWithPath: out), pictureFormat: format).write(scenes)
    print("\(count) scenes: \(out)")
  }

  private func chosenTasks() throws -> [VisionTask] {
    guard let tasks else { return Scenes.allTasks }
    let names = tasks.split(separator: ",")
    guard !names.isEmpty, Set(names).count == names.count else {
      throw ValidationError("--tasks '\(tasks)': names separated by commas are expected, each once")
    }
    return try names.map { name in
      let name = name.trimmingCharacters(in: .whitespaces)
      guard let task = Scenes.allTasks.first(where: { $0.name == name }) else {
        throw ValidationError(unknownName("task", name, among: Scenes.allTasks.map(\.name)))
      }
      return task
    }
  }
}
