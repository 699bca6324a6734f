import Foundation
import Support

/// Which buildings of Taskonomy belong to which split, and which views there are of them.
struct TaskonomySplits {
  static let names = ["train", "val", "test"]
  static let sizes = ["tiny", "medium", "full", "fullplus"]

  /// The word that stands for the buildings that the published loader leaves out.
  private static let published = "published"

  private let folder: URL
  private let file: URL
  private let buildings: [String: [String]]

  /// Reads the list of the size that a request names.
  ///
  /// - Throws: `FileError` for a list that is missing or damaged, ``DatasetRequestError`` for a building to leave out that
  ///   there is not.
  init(_ folder: URL, _ request: DatasetRequest) throws {
    let size = request.settings["size"] ?? Self.sizes[0]
    self.folder = folder
    file = folder.file("splits_taskonomy/train_val_test_\(size).csv")
    let all = try Self.buildings(of: file)
    let words = request.words("excluded")
    let known = all.values.flatMap { $0 }
    if let wrong = words.first(where: { $0 != Self.published && !known.contains($0) }) {
      throw DatasetRequestError(
        "data.dataset: 'excluded' is " + unknownName("building of \(size)", wrong, among: known.sorted()))
    }
    let excluded = Set(words + (words.contains(Self.published) ? Self.publishedlyExcluded(size) : []))
    buildings = all.mapValues { $0.filter { !excluded.contains($0) } }
  }

  /// Reads a table of buildings: `id,train,val,test`, and then 0 or 1 for each split. Its lines may end with CR alone.
  private static func buildings(of file: URL) throws -> [String: [String]] {
    var lines = try TextLines(contentsOf: file).makeIterator()
    let columns = lines.next().map { fields(of: $0.text) } ?? []
    guard columns.first == "id", names.allSatisfy(columns.contains) else {
      throw FileError(
        file, "starts with '\(excerpt(columns.joined(separator: ","), limit: 60))', but id,train,val,test is expected")
    }
    var buildings: [String: [String]] = [:]
    var seen: Set<String> = []
    while let line = lines.next() {
      let values = fields(of: line.text)
      guard values.count == columns.count, values.dropFirst().allSatisfy({ ["0", "1"].contains($0) }) else {
        throw FileError(
          file,
          "holds '\(excerpt(line.text, limit: 60))' on line \(line.number), but a building and \(columns.count - 1) numbers 0 or 1 are expected"
        )
      }
      guard SplitList.isID(values[0]), seen.insert(values[0]).inserted else {
        throw FileError(
          file, "names '\(excerpt(values[0]))' on line \(line.number) again, or it can be no folder's name")
      }
      for (column, value) in zip(columns, values).dropFirst() where value == "1" {
        buildings[column, default: []].append(values[0])
      }
    }
    return buildings
  }

  private static func fields(of line: String) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// Finds the views of a split's buildings, in the order of the list, of the points and of the views. Their ids are
  /// `building/point_P_view_V`.
  ///
  /// - Throws: `FileError` for a building whose images are missing.
  func list(of split: String) throws -> SplitList {
    let ids = try (buildings[split] ?? []).flatMap(views)
    guard !ids.isEmpty else { throw FileError(file, "leaves no building with views for the split \(split)") }
    return SplitList(name: split, ids: ids)
  }

  private func views(of building: String) throws -> [String] {
    let images = folder.file("rgb/taskonomy/\(building)")
    guard images.isFolder else {
      throw FileError(
        images,
        "does not exist, but \(file.lastPathComponent) names the building: the setting 'excluded' leaves it out (data: {dataset: {name: taskonomy, excluded: \(building)}}; 'published' leaves out those that the published loader does)"
      )
    }
    let views = try images.contents().compactMap { View($0) }
    return views.sorted { ($0.point, $0.view) < ($1.point, $1.view) }
      .map { "\(building)/point_\($0.point)_view_\($0.view)" }
  }

  private struct View {
    let point: Int
    let view: Int

    /// Fails for a file of another name.
    init?(_ name: String) {
      guard let match = name.wholeMatch(of: /point_([0-9]+)_view_([0-9]+)_domain_rgb\.png/), let point = Int(match.1),
        let view = Int(match.2)
      else { return nil }
      (self.point, self.view) = (point, view)
    }
  }

  /// The buildings that the published loader leaves out.
  private static func publishedlyExcluded(_ size: String) -> [String] {
    size == sizes[3]
      ? [
        "ballou", "tansboro", "cutlerville", "macarthur", "rough", "darnestown", "maryhill", "bowlus", "tomkins",
        "herricks", "mosquito", "brinnon", "gough", "woodbine", "wiconisco",
      ]
      : [
        "woodbine", "wiconisco", "brinnon", "cauthron", "cochranton", "donaldson", "german", "castor", "tokeland",
        "andover", "rogue", "athens", "broseley", "tilghmanton", "winooski", "rosser", "arkansaw", "bonnie", "willow",
        "timberon", "bohemia", "micanopy", "thrall", "annona", "byers", "anaheim", "duarte", "wyldwood",
      ]
  }
}
