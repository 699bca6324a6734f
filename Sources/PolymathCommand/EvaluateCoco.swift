import ArgumentParser
import Foundation
import VisionMetrics

struct EvaluateCoco: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate-coco",
    abstract: "Measure detections by ground truth, both in COCO's file formats.",
    discussion: """
      The ground truth is {"images": […], "categories": […], "annotations": […]}, with polygons or run-length masks; the \
      detections are a list of {"image_id", "category_id", "score", "bbox" or "segmentation"}. AP is the average \
      precision, AR the average recall with 1, 10 and 100 detections of an image and a category; s, m and l stand for \
      objects of up to 32², up to 96² and more pixels. Where no object is there to be found, a number is -1.
      """)

  @Option(help: "The ground truth.", completion: .file(extensions: ["json"]))
  var truth: String

  @Option(help: "The detections.", completion: .file(extensions: ["json"]))
  var detections: String

  @Option(help: "What is measured.")
  var kind: COCOEvaluation.Kind

  @Flag(help: "Count all categories as one.")
  var classAgnostic = false

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    let summary = try COCOEvaluation(kind, isClassAgnostic: classAgnostic).summary(
      truth: URL(fileURLWithPath: truth), detections: URL(fileURLWithPath: detections))
    if json {
      try printJSON(summary)
    } else {
      for (name, value) in summary.values {
        let number = value < 0 ? "-1      (no such object)" : String(format: "%.4f", value)
        print(name.padding(toLength: 6, withPad: " ", startingAt: 0) + number)
      }
    }
  }
}

extension COCOEvaluation.Kind: ExpressibleByArgument {}
