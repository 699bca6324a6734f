import ArgumentParser
import Experiments
import Foundation
import Support
import VisionData

struct ConvertData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write a data set in Polymath's folder format.",
    discussion:
      "What is slow to read is computed once: the thinned edges of PASCAL-Context, small copies of large images (--height, --width), or one file of all images (--format packed, as for CelebA)."
  )

  @OptionGroup var data: DataOptions

  @Option(help: "The folder for the result, which has to be new or empty.", completion: .directory)
  var out: String

  @Option(help: "The tasks to write, separated by commas; defaults to all.")
  var tasks: String?

  @Option(help: "The most samples of each split; defaults to all.")
  var count: Int?

  @Option(help: "The height of all images, in pixels; defaults to that of the first one.")
  var height: Int?

  @Option(help: "The width of all images, in pixels; defaults to that of the first one.")
  var width: Int?

  @Option(help: "The units of depth files in a meter, which hold 65535 of them.")
  var depthUnits: Float = DatasetIndex.depthUnitsPerMeter

  @Option(
    help:
      "The format of the images: png, jpeg, or packed, which is one file for all of them, quick to read if they are small. Ground truth is always PNG."
  )
  var format = "png"

  func validate() throws {
    guard (height == nil) == (width == nil) else {
      throw ValidationError("--height and --width belong together: both are given, or neither.")
    }
    for side in [height, width].compactMap({ $0 }) where !(1...16_384).contains(side) {
      throw ValidationError("--height and --width have to be from 1 to 16384.")
    }
    guard depthUnits > 0, depthUnits <= 1_000_000 else {
      throw ValidationError("--depth-units has to be above 0, and at most 1000000.")
    }
    if let count, count < 1 { throw ValidationError("--count is \(count), but has to be at least 1.") }
  }

  func run() throws {
    guard let format = DatasetWriter.PictureFormat(rawValue: format) else {
      throw ValidationError("--format is '\(format)', but has to be png, jpeg or packed")
    }
    var conversion = DatasetConversion()
    conversion.pictureFormat = format
    conversion.options.depthUnits = depthUnits
    if let height, let width { conversion.options.size = (height, width) }
    conversion.tasks = tasks?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    conversion.count = count
    let written = try conversion.write(data.makeConfiguration(), to: URL(fileURLWithPath: out))
    for (folder, count) in written.parts { print("\(count) samples: \(folder.path)") }
    let settings = written.settings.map { "--set \(quotedForShell($0))" }
    print("train on them by: polymath train \(settings.joined(separator: " "))")
  }
}
