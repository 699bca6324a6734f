import Foundation
import Support

/// NYU Depth v2 with files that are named by ids: what each folder holds decides how it is read.
struct NYUDFolder: SampleFiles {
  private let folder: URL
  private let imageExtension: String
  /// The extension of each task's files.
  private let extensions: [String: String]
  private let files: PixelFiles
  private let depthScale: Float
  private let takesAllNormals: Bool
  private let keepsVoid: Bool
  let tasks: [VisionTask]

  /// The folder of each task, and the extensions that its files may have, of which the first that is found counts.
  private static let sources: KeyValuePairs = [
    "segmentation": (folder: "segmentation", extensions: ["png", "mat"]),
    "depth": (folder: "depth", extensions: ["npy", "mat"]),
    "normals": (folder: "normals", extensions: ["npy", "png", "jpg"]),
    "edges": (folder: "edge", extensions: ["npy", "png"]),
  ]

  /// Looks which tasks there are files of.
  ///
  /// - Throws: `FileError` for a folder without files of any task, or of one that is wanted.
  init(_ folder: URL, _ request: DatasetRequest) throws {
    self.folder = folder
    files = PixelFiles(request)
    depthScale = try request.positiveNumber("depthScale", default: 1)
    takesAllNormals = request.reproduces("normals")
    keepsVoid = request.reproduces("void")
    imageExtension = ["png", "jpg", "jpeg"].first { folder.file("images").holdsFile($0) } ?? "jpg"
    var found: [String: String] = [:]
    for (task, source) in Self.sources {
      found[task] = source.extensions.first { folder.file(source.folder).holdsFile($0) }
    }
    extensions = found
    try TaskPlaces(folder, Self.sources.map { ($0.key, [$0.value.folder]) }, available: Set(found.keys))
      .require(request.tasks)
    let classes = (keepsVoid ? ["void"] : []) + NYUDClasses.forty
    let all = [
      VisionTask("segmentation", .segmentation(classes: classes)), VisionTask("depth", .depth),
      VisionTask("normals", .normals), VisionTask("edges", .edges),
    ]
    tasks = all.filter { found[$0.name] != nil }
  }

  func imageFile(of id: String) -> URL { folder.file("images/\(id).\(imageExtension)") }

  func targetFiles(of task: VisionTask, _ id: String) -> [URL] { [file(of: task.name, id)] }

  func image(of id: String) throws -> PixelMap { try files.image(imageFile(of: id)) }

  private func file(of task: String, _ id: String) -> URL {
    let source = Self.sources.first { $0.key == task }!.value
    return folder.file("\(source.folder)/\(id).\(extensions[task]!)")
  }

  func target(of task: VisionTask, _ id: String, like size: ImageSize) throws -> Target {
    let (url, isArray) = (file(of: task.name, id), extensions[task.name] == "npy")
    switch task.name {
    case "segmentation":
      let file =
        extensions[task.name] == "mat"
        ? try files.mat(url, "segmentation", like: size) : try files.stored(url, like: size)
      return .map(try keepsVoid ? file.labels(of: task, unknown: nil) : file.labels(of: task, offset: 1, unknown: 0))
    case "depth":
      let file = try isArray ? files.npy(url, like: size) : files.mat(url, "depth", like: size)
      return .map(try file.depth(scale: depthScale, farthest: Self.farthest, of: "nyud"))
    case "normals":
      if isArray {
        return .map(try files.npy(url, channels: 3, like: size).directions({ $0 }) { vector, _ in vector != .zero })
      }
      return .map(
        try files.colors(url, like: size).directions(PixelFile.normal(ofByte:)) { vector, _ in
          takesAllNormals || vector.max() >= Self.unlabeledNormal || vector.min() <= -Self.unlabeledNormal
        })
    default:
      return .map(
        try isArray
          ? files.npy(url, like: size).mask(.lines, yes: 1) : files.stored(url, like: size).mask(.lines, yes: 255))
    }
  }

  /// A depth in meters that few pixels of an indoor scene pass.
  static let farthest: Float = 100
  /// Zero is stored in bytes as 127 or 128, and no component of such a vector is as large as this.
  private static let unlabeledNormal: Float = 0.05
}
