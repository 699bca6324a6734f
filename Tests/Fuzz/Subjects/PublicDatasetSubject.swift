import FileBytes
import Foundation
import Support
import VisionData

/// One damaged file of a public data set, beside others that are whole: its lists of samples, its arrays, the structures
/// of its MATLAB files, its cameras and its graphs.
struct PublicDatasetSubject: Subject {
  static let name = "public"

  private let places: [PublicDatasetPlace]
  private let files: [[UInt8]]
  private let text: TextDamage

  init(in folder: URL) throws {
    let root = folder.appendingPathComponent("public")
    places = PublicDatasetPlace.all
    for (position, place) in places.enumerated() {
      for (path, content) in place.files {
        let url = root.appendingPathComponent("\(position)/\(path)")
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: url)
      }
    }
    self.root = root
    files = places.map { $0.files[$0.damaged]! }
    text = TextDamage.json(files.filter { $0.count < 1000 })
  }

  private let root: URL

  /// The first line says which file is damaged.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let position = places.indices.randomElement(using: &generator)!
    let damaged =
      places[position].isText
      ? text(files[position], using: &generator)
      : Damage.bytes(files[position], others: [files[position]], using: &generator)
    return Array("\(position)\n".utf8) + damaged
  }

  func read(_ input: [UInt8]) throws {
    let (line, content) = input.firstLine
    let position = Int(line).flatMap { places.indices.contains($0) ? $0 : nil } ?? 0
    let (place, folder) = (places[position], root.appendingPathComponent("\(position)"))
    try content.write(to: folder.appendingPathComponent(place.damaged))
    let request = DatasetRequest(
      folder: folder, tasks: place.tasks, trainingCount: 3, validationCount: 3, height: 2, width: 3,
      settings: place.settings)
    let dataset = try DatasetReader.registry.require(place.reader).open(request)
    for source in [dataset.training, dataset.validation] {
      for index in 0..<source.count { try check(source.sample(at: index), source.tasks.map(\.name)) }
    }
    guard place.reader == "metagraspnet" else { return }
    for view in try MetaGraspNetView.list(in: folder) {
      guard let order = try view.occlusionOrder() else { continue }
      guard order.coveredBy.allSatisfy({ $0.allSatisfy(order.coveredBy.indices.contains) }) else {
        throw Violation("an object is covered by one that there is not")
      }
    }
  }

  private func check(_ sample: Sample, _ tasks: [String]) throws {
    guard sample.image.height == 2, sample.image.width == 3, Set(sample.targets.keys) == Set(tasks) else {
      throw Violation("a sample of \(sample.image.height)×\(sample.image.width) with \(sample.targets.keys.sorted())")
    }
    for (task, target) in sample.targets {
      switch target {
      case .map(let map):
        guard map.height == 2, map.width == 3, map.values.values.allSatisfy(\.isFinite) else {
          throw Violation("'\(task)' has a map of \(map.height)×\(map.width), or values that are no numbers")
        }
      case .objects(let objects):
        guard objects.allSatisfy({ $0.amodalMask.height == 2 && $0.amodalMask.area >= $0.visibleMask.area }) else {
          throw Violation("'\(task)' has masks of other sizes")
        }
      case .attributes: break
      case .probabilities(let numbers):
        guard numbers?.allSatisfy({ (0...1).contains($0) }) ?? true else {
          throw Violation("'\(task)' has probabilities \(numbers!)")
        }
      }
    }
  }
}
