import Foundation

/// The format of attributes of the image as a whole: true or false in the index, by the attribute's name.
struct AttributeFormat: TargetFormat {
  let names: [String]

  var channels: Int { names.count }
  var content: MapContent? { nil }
  var attributes: [String] { names }

  var complaint: String? {
    if names.isEmpty { return "has no attributes, but one at least is needed" }
    if names.contains("") { return "has an attribute without a name" }
    return Set(names).count == names.count ? nil : "names an attribute twice"
  }

  func files(of task: VisionTask, in entry: DatasetIndex.Entry) -> [String] { [] }

  func isKnown(_ task: VisionTask, in entry: DatasetIndex.Entry) -> Bool {
    names.contains { entry.attributes?[$0] != nil }
  }

  func target(of task: VisionTask, in entry: DatasetIndex.Entry, _ reader: TargetReader) -> Target {
    .attributes(names.map { entry.attributes?[$0] })
  }

  func write(_ target: Target, of task: VisionTask, to folder: URL, _ entry: inout DatasetIndex.Entry) {
    guard let labels = target.attributes else { fatalError("the ground truth of '\(task.name)' is no attributes") }
    for (name, label) in zip(names, labels) {
      guard let label else { continue }
      entry.attributes = (entry.attributes ?? [:]).merging([name: label]) { $1 }
    }
  }
}
