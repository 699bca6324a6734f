import Foundation
import Support

/// The format of the objects in an image: one JSON file of ``ObjectRecord``s for each sample.
struct ObjectFormat: TargetFormat {
  let classes: [String]

  var channels: Int { classes.count }
  var content: MapContent? { nil }

  var complaint: String? {
    if classes.isEmpty { return "has no classes of objects, but one at least is needed" }
    return Set(classes).count == classes.count ? nil : "names a class of objects twice"
  }

  func files(of task: VisionTask, in entry: DatasetIndex.Entry) -> [String] { entry.objects.map { [$0] } ?? [] }

  func isKnown(_ task: VisionTask, in entry: DatasetIndex.Entry) -> Bool { entry.objects != nil }

  func target(of task: VisionTask, in entry: DatasetIndex.Entry, _ reader: TargetReader) throws -> Target {
    guard let path = entry.objects else {
      throw FileError(
        reader.url(DatasetIndex.fileName),
        "names no file of objects for the sample '\(excerpt(entry.id))': '\(task.name)' needs one for each sample, which holds an empty list where there are no objects"
      )
    }
    let url = reader.url(path)
    let records = try ObjectRecord.list(at: url)
    return .objects(try records.enumerated().map { try annotation($1, number: $0 + 1, task, url, reader) })
  }

  private func annotation(
    _ record: ObjectRecord, number: Int, _ task: VisionTask, _ url: URL, _ reader: TargetReader
  ) throws -> ObjectAnnotation {
    guard let label = classes.firstIndex(of: record.kind) else {
      throw FileError(
        url, "object \(number): " + unknownName("class of '\(task.name)'", record.kind, among: classes))
    }
    for mask in [record.visibleMask, record.amodalMask] {
      guard mask.height == reader.height, mask.width == reader.width else {
        throw FileError(
          url,
          "object \(number) has a mask of \(mask.height)×\(mask.width), but the data set's images are \(reader.height)×\(reader.width)"
        )
      }
    }
    guard
      let object = ObjectAnnotation(label: label, visibleMask: record.visibleMask, amodalMask: record.amodalMask)
    else { throw FileError(url, "object \(number) has an empty amodal mask: an object has one pixel at least") }
    guard zip(object.visibleMask.pixels, object.amodalMask.pixels).allSatisfy({ !$0 || $1 }) else {
      throw FileError(
        url, "object \(number) is seen at pixels that are not in its amodal mask, which holds the whole object")
    }
    try checkBox(record, number: number, url, reader)
    return object
  }

  /// The masks determine the box, but one that cannot be right says that the file is about other images.
  private func checkBox(_ record: ObjectRecord, number: Int, _ url: URL, _ reader: TargetReader) throws {
    let box = record.box
    guard box.count == 4 else {
      throw FileError(url, "object \(number) has a box of \(box.count) numbers, but it has x1, y1, x2 and y2")
    }
    guard 0 <= box[0], box[0] < box[2], box[2] <= reader.width, 0 <= box[1], box[1] < box[3], box[3] <= reader.height
    else {
      throw FileError(
        url,
        "object \(number) has the box \(box), which is no box x1, y1, x2, y2 inside of an image of \(reader.height)×\(reader.width)"
      )
    }
  }

  /// Writes nothing: the writer of a folder writes the objects of every scene.
  func write(_ target: Target, of task: VisionTask, to folder: URL, _ entry: inout DatasetIndex.Entry) {}
}
