import Foundation
import Support

/// The files of PASCAL-Context with five tasks.
struct PASCALFolder: SampleFiles {
  private let folder: URL
  private let files: PixelFiles
  let tasks: [VisionTask]

  static let partsTask = VisionTask("human-parts", .segmentation(classes: PASCALClasses.parts))

  private static let sources: [(task: VisionTask, folders: [String])] = [
    (VisionTask("segmentation", .segmentation(classes: PASCALClasses.objects)), segmentationFolders),
    (partsTask, [partsFolder]),
    (VisionTask("normals", .normals), ["normals_distill"]),
    (VisionTask("saliency", .saliency), ["sal_distill"]),
    (VisionTask("edges", .edges), [labelFolder]),
  ]
  /// The first that has a file counts.
  private static let segmentationFolders = ["semseg/VOC12", "semseg/pascal-context"]
  private static let partsFolder = "human_parts"
  private static let labelFolder = "pascal-context/trainval"

  /// Looks which tasks there are files of.
  ///
  /// - Throws: `FileError` for a folder without files of any task, or of one that is wanted.
  init(_ folder: URL, _ request: DatasetRequest) throws {
    self.folder = folder
    files = PixelFiles(request)
    let places = TaskPlaces(folder, Self.sources.map { ($0.task.name, $0.folders) })
    try places.require(request.tasks)
    tasks = Self.sources.map(\.task).filter { places.available.contains($0.name) }
  }

  func imageFile(of id: String) -> URL { folder.file("JPEGImages/\(id).jpg") }

  func image(of id: String) throws -> PixelMap { try files.image(imageFile(of: id)) }

  func targetFiles(of task: VisionTask, _ id: String) -> [URL] {
    switch task.name {
    case "segmentation": [segmentationFile(of: id)]
    case Self.partsTask.name: [partsFile(of: id)]
    case "normals": [folder.file("normals_distill/\(id).png"), labelFile(of: id)]
    case "saliency": [folder.file("sal_distill/\(id).png")]
    default: [labelFile(of: id)]
    }
  }

  private func labelFile(of id: String) -> URL { folder.file("\(Self.labelFolder)/\(id).mat") }
  private func partsFile(of id: String) -> URL { folder.file("\(Self.partsFolder)/\(id).mat") }

  /// The annotation of VOC where there is one, and that of PASCAL-Context otherwise.
  private func segmentationFile(of id: String) -> URL {
    let candidates = Self.segmentationFolders.map { folder.file("\($0)/\(id).png") }
    return candidates.first(where: \.exists) ?? candidates[0]
  }

  func target(of task: VisionTask, _ id: String, like size: ImageSize) throws -> Target {
    switch task.name {
    case "segmentation":
      return .map(try files.stored(segmentationFile(of: id), like: size).labels(of: task, unknown: 255))
    case Self.partsTask.name: return .map(try parts(of: id).map(like: size))
    case "normals":
      let labels = try labels(of: id, like: size)
      let url = folder.file("normals_distill/\(id).png")
      return .map(
        try files.colors(url, like: size).directions(PixelFile.normal(ofByte:)) { _, pixel in
          PASCALClasses.labelsWithNormals.contains(labels[pixel])
        })
    case "saliency":
      let file = try files.stored(folder.file("sal_distill/\(id).png"), bits: 8, like: size)
      var map = file.numbers
      map.values = map.values.map { $0 >= 128 ? 1 : 0 }
      return .map(DenseMap(.regions, map))
    default:
      let labels = try labels(of: id, like: size)
      let edges = LabelEdges.thinned(LabelEdges.all(labels, height: size.height, width: size.width), width: size.width)
      return .map(
        DenseMap(
          .lines,
          PixelMap(channels: 1, height: size.height, width: size.width, values: edges.map { $0 ? 1 : 0 })))
    }
  }

  /// Reads the persons and their parts in an image.
  func parts(of id: String) throws -> HumanParts { try HumanParts(contentsOf: partsFile(of: id)) }

  /// The labels of PASCAL-Context, row by row.
  private func labels(of id: String, like size: ImageSize) throws -> [Int] {
    let file = try files.mat(labelFile(of: id), "LabelMap", like: size)
    return try file.numbers.values.enumerated().map { pixel, number in
      guard let label = Int(exactly: number), (0...PASCALClasses.largestLabel).contains(label) else {
        throw FileError(
          file.url,
          "holds the label \(number) at row \(pixel / size.width), column \(pixel % size.width), but labels go from 0 to \(PASCALClasses.largestLabel)"
        )
      }
      return label
    }
  }
}
