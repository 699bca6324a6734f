import ArgumentParser
import Experiments
import Foundation
import Support
import Torch
import VisionData

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the predictions of a run's network for images.",
    discussion: """
      An image for every task about pixels, NAME-TASK.png, is written to the run's folder predictions/pictures or to \
      --out; other predictions are printed. A network of the workload detection takes the depth of each image, too; its \
      objects are drawn (boxes, visible and amodal masks, occluded ones in red), and written in COCO's format of results \
      to visible-masks.json and amodal-masks.json, where an image's number is its place on the command line, from 0.
      """)

  @Argument(help: "The run's folder.", completion: .directory)
  var folder: String

  @Argument(help: "The images: PNG or JPEG files.", completion: .file())
  var pictures: [String]

  @Option(
    help: "The depth of an image, once for each, in their order: a gray PNG of 16 bits, in tenths of a millimeter.",
    completion: .file(extensions: ["png"]))
  var depth: [String] = []

  @Option(help: "The folder for the predictions; defaults to predictions/pictures in the run's folder.")
  var out: String?

  @Option(help: "The largest number of pixels of an image; larger images are refused before they are decoded.")
  var pixelLimit = PictureReader.defaultPixelLimit

  @OptionGroup var checkpoint: CheckpointOption

  func validate() throws {
    guard pixelLimit > 0 else { throw ValidationError("--pixel-limit has to be at least 1.") }
    guard !pictures.isEmpty else { throw ValidationError("Name at least one image.") }
    guard depth.isEmpty || depth.count == pictures.count else {
      throw ValidationError(
        "--depth is given \(depth.count) times for \(pictures.count) images: each image needs its own.")
    }
  }

  func run() throws {
    // All images are read before anything is written.
    let reader = PictureReader(pixelLimit: pixelLimit)
    let read = try pictures.enumerated().map { index, path -> (String, InputImage) in
      let url = URL(fileURLWithPath: path)
      let depth = depth.isEmpty ? nil : URL(fileURLWithPath: depth[index])
      return (
        url.deletingPathExtension().lastPathComponent, try InputImage(contentsOf: url, depth: depth, reader: reader)
      )
    }
    if let twice = read.map(\.0).first(where: { name in read.count { $0.0 == name } > 1 }) {
      throw ValidationError("two images are named '\(twice)': their predictions would have the same names")
    }
    let run = try TrainedRun(RunFolder(URL(fileURLWithPath: folder)), checkpoint: checkpoint.name)
    let target = out.map { URL(fileURLWithPath: $0) } ?? run.folder.predictions.appendingPathComponent("pictures")
    func url(_ name: String, _ task: String) -> URL { target.appendingPathComponent("\(name)-\(task).png") }
    guard !target.isSameFile(as: run.folder.predictions) else {
      throw ValidationError("'\(target.path)' holds the run's own images: --out names another folder")
    }
    let inputs = Set((pictures + depth).map { URL(fileURLWithPath: $0).fileIdentity })
    for name in read.map(\.0) {
      for task in try run.drawnTasks() where inputs.contains(url(name, task).fileIdentity) {
        throw ValidationError(
          "'\(url(name, task).path)' is one of the images, and would be overwritten: --out names another folder")
      }
    }
    if try !run.drawnTasks().isEmpty { try FileManager.default.createFolder(target) }
    var files = DetectionFiles()
    for (index, (name, image)) in read.enumerated() {
      for (task, reading) in try run.predict(image) {
        switch reading {
        case .picture(let prediction):
          let url = url(name, task)
          try prediction.write(to: url)
          print(url.path)
        case .text(let text): print("\(name) \(task): \(text)")
        case .objects(let objects): files.add(objects, image: index)
        }
      }
    }
    for url in try files.write(to: target) { print(url.path) }
  }
}
