import Foundation
import Support

/// The files of CelebA: images, a list of attributes, and a list of splits, joined by the images' names.
struct CelebAFolder: SampleFiles {
  /// The forms on disk.
  enum Form: String, CaseIterable {
    case official
    case flat

    var images: String { self == .official ? "Img/img_align_celeba" : "img_align_celeba" }
    var attributes: String { (self == .official ? "Anno/" : "") + "list_attr_celeba.txt" }
    var partition: String { (self == .official ? "Eval/" : "") + "list_eval_partition.txt" }

    var summary: String {
      "\(images)/000001.jpg, …, \(attributes), \(partition)" + (self == .official ? "" : " (torchvision)")
    }

    func recognizes(_ folder: URL) -> Bool { folder.file(attributes).exists && folder.file(images).isFolder }
  }

  /// The splits, whose positions are their numbers in the list.
  static let splits = ["train", "val", "test"]

  /// The tasks of *Selective Task Group Updates*, which does not say what they are about: those whose attribute is
  /// nearly certain have a default.
  static let namedTasks: [(name: String, attribute: String?)] = [
    ("age", "Young"), ("gender", "Male"), ("clothes", nil),
  ]

  private let folder: URL
  private let form: Form
  private let files: PixelFiles
  private let attributes: AttributeList
  let tasks: [VisionTask]

  /// Reads the list of attributes.
  ///
  /// - Throws: `FileError` for a list that is missing or damaged, ``DatasetRequestError`` for a setting that names an
  ///   attribute which there is not.
  init(_ folder: URL, _ form: Form, _ request: DatasetRequest) throws {
    self.folder = folder
    self.form = form
    files = PixelFiles(request)
    let attributes = try AttributeList(contentsOf: folder.file(form.attributes))
    self.attributes = attributes
    let named: [VisionTask] = try Self.namedTasks.compactMap { name, attribute in
      guard let attribute = request.settings[name] ?? attribute.flatMap({ attributes.names.contains($0) ? $0 : nil })
      else { return nil }
      guard attributes.names.contains(attribute) else {
        throw DatasetRequestError(
          "data.dataset: \(name) is " + unknownName("attribute", attribute, among: attributes.names))
      }
      return VisionTask(name, .attributes(names: [attribute]))
    }
    tasks =
      [VisionTask("attributes", .attributes(names: attributes.names))] + named
      + attributes.names.map { VisionTask($0, .attributes(names: [$0])) }
  }

  /// Reads which images a split has.
  ///
  /// - Throws: `FileError` for a list that is missing or damaged, or names an image that has no attributes.
  func list(of split: String) throws -> SplitList {
    let (file, number) = (folder.file(form.partition), Self.splits.firstIndex(of: split)!)
    var ids: [String] = []
    for line in try TextLines(contentsOf: file) {
      let parts = line.text.split(whereSeparator: \.isWhitespace)
      guard parts.count == 2, let part = Int(parts[1]), Self.splits.indices.contains(part) else {
        throw FileError(
          file,
          "holds '\(excerpt(line.text, limit: 40))' on line \(line.number), but the name of an image and 0 (train), 1 (val) or 2 (test) are expected"
        )
      }
      let id = String(parts[0])
      guard SplitList.isID(id), attributes.contains(id) else {
        throw FileError(
          file, "names '\(excerpt(id))' on line \(line.number), of which \(form.attributes) says nothing")
      }
      if part == number { ids.append(id) }
    }
    guard !ids.isEmpty else { throw FileError(file, "names no images of the split \(split) (\(number))") }
    return SplitList(name: split, ids: ids)
  }

  func imageFile(of id: String) -> URL { folder.file("\(form.images)/\(id)") }

  func targetFiles(of task: VisionTask, _ id: String) -> [URL] { [] }

  func image(of id: String) throws -> PixelMap { try files.image(imageFile(of: id)) }

  func target(of task: VisionTask, _ id: String, like size: ImageSize) -> Target {
    .attributes(task.attributes.map { attributes.value(of: $0, in: id) })
  }
}
