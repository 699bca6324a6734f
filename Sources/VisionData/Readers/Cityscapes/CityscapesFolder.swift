import Foundation
import Support

/// The files of Cityscapes as it is published, in folders by kind, split and city.
struct CityscapesFolder: SampleFiles {
  private let folder: URL
  private let files: PixelFiles
  let tasks: [VisionTask]

  static let disparityTask = VisionTask("disparity", .disparity)
  private static let depthTask = VisionTask("depth", .depth)
  private static let imageEnding = "_leftImg8bit.png"

  /// Looks which tasks there are files of: depth needs disparities and cameras.
  ///
  /// - Throws: `FileError` for a folder without files of any task, or of one that is wanted.
  init(_ folder: URL, _ request: DatasetRequest) throws {
    self.folder = folder
    files = PixelFiles(request)
    let all = [CityscapesClasses.classTask, CityscapesClasses.categoryTask, Self.disparityTask, Self.depthTask]
    let places = TaskPlaces(
      folder,
      [
        (all[0].name, ["gtFine"]), (all[1].name, ["gtFine"]), (all[2].name, ["disparity"]),
        (all[3].name, [folder.file("disparity").isFolder ? "camera" : "disparity"]),
      ])
    try places.require(request.tasks)
    tasks = all.filter { places.available.contains($0.name) }
  }

  /// Finds the images of a split, by city and name. Their ids are `split/city/name`.
  ///
  /// - Throws: `FileError` for a split without images.
  func list(of split: String) throws -> SplitList {
    let root = folder.file("leftImg8bit/\(split)")
    let ids = try root.contents().filter { root.file($0).isFolder }.flatMap { city in
      try root.file(city).contents().filter { $0.hasSuffix(Self.imageEnding) }
        .map { "\(split)/\(city)/\($0.dropLast(Self.imageEnding.count))" }
    }
    guard !ids.isEmpty else { throw FileError(root, "holds no images CITY/ID\(Self.imageEnding)") }
    return SplitList(name: split, ids: ids)
  }

  func imageFile(of id: String) -> URL { folder.file("leftImg8bit/\(id)\(Self.imageEnding)") }

  func image(of id: String) throws -> PixelMap { try files.image(imageFile(of: id)) }

  func targetFiles(of task: VisionTask, _ id: String) -> [URL] {
    switch task.name {
    case Self.disparityTask.name: [disparityFile(of: id)]
    case Self.depthTask.name: [disparityFile(of: id), cameraFile(of: id)]
    default: [labelFile(of: id)]
    }
  }

  private func labelFile(of id: String) -> URL { folder.file("gtFine/\(id)_gtFine_labelIds.png") }
  private func disparityFile(of id: String) -> URL { folder.file("disparity/\(id)_disparity.png") }
  private func cameraFile(of id: String) -> URL { folder.file("camera/\(id)_camera.json") }

  func target(of task: VisionTask, _ id: String, like size: ImageSize) throws -> Target {
    switch task.name {
    case Self.disparityTask.name:
      return .map(
        try files.stored(disparityFile(of: id), bits: 16, like: size).inverseDistances(Self.disparity(ofNumber:)))
    case Self.depthTask.name:
      let camera = try StereoCamera(contentsOf: cameraFile(of: id))
      let file = try files.stored(disparityFile(of: id), bits: 16, like: size)
      // What is infinitely far has no depth.
      return .map(
        file.distances { number in
          Self.disparity(ofNumber: number).flatMap { $0 > 0 ? Float(camera.depthOfOnePixel / Double($0)) : nil }
        })
    default:
      let table = task == CityscapesClasses.classTask ? CityscapesClasses.classByID : CityscapesClasses.categoryByID
      return .map(
        try files.stored(labelFile(of: id), like: size)
          .classes(of: task, "ids from 0 to \(CityscapesClasses.largestID)") { number in
            guard (0...CityscapesClasses.largestID).contains(number) else { return .wrong }
            return table[number].map { .label($0) } ?? .unknown
          })
    }
  }

  /// What a number of a disparity file stands for, in pixels; nil where nothing was measured.
  private static func disparity(ofNumber number: Float) -> Float? { number == 0 ? nil : (number - 1) / 256 }
}
