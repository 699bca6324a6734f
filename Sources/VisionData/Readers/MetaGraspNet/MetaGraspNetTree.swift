import Foundation
import Support

/// The views of all scenes below a folder.
enum MetaGraspNetTree {
  private static let imageEnding = "_rgb.png"
  /// Releases group scenes in folders, at most so deep.
  private static let largestDepth = 4

  /// Lists the views, in the order of scenes and views by number.
  ///
  /// - Throws: `FileError` for a folder without views.
  static func views(in folder: URL) throws -> [MetaGraspNetView] {
    var views: [MetaGraspNetView] = []
    try visit(folder, "", depth: 0) { path, names in
      let isReal = names.contains { $0 == "scene_gt.json" || $0.hasSuffix(MetaGraspNetView.amodalEnding) }
      let present = Set(names)
      for name in names where name.hasSuffix(imageEnding) {
        views.append(
          MetaGraspNetView(
            folder: folder, scene: path, number: String(name.dropLast(imageEnding.count)), isReal: isReal,
            files: present))
      }
      return true
    }
    guard !views.isEmpty else {
      throw FileError(folder, "has no views of scenes: files {view}_rgb.png in folders such as dataset_sim/scene20")
    }
    return views.sorted { $0.id.compare($1.id, options: .numeric) == .orderedAscending }
  }

  /// Whether there is a view. It looks no further than the first, into folders that may hold scenes.
  static func hasViews(_ folder: URL) -> Bool {
    var found = false
    _ = try? visit(folder, "", depth: 0) { path, names in
      // Other data sets may have images of this name, but not scenes.
      let isScene = path.split(separator: "/").last.map(isSceneName) ?? isSceneName(folder.lastPathComponent[...])
      found = found || (isScene && names.contains { $0.hasSuffix(imageEnding) })
      return !found
    }
    return found
  }

  private static func isSceneName(_ name: Substring) -> Bool { name.hasPrefix("scene") }

  /// Whether a folder may hold scenes: one of scenes, or of groups of them. Any other is left.
  private static func leadsToScenes(_ name: String) -> Bool {
    !name.contains(".") && (isSceneName(name[...]) || name.hasPrefix("dataset_") || name.hasPrefix("data_ifl"))
  }

  /// Visits a folder and those below.
  ///
  /// - Parameter body: a function that is given a folder's path below the first one and the names in it, and says whether
  ///   to go on.
  @discardableResult
  private static func visit(
    _ folder: URL, _ path: String, depth: Int, _ body: (_ path: String, _ names: [String]) -> Bool
  ) throws -> Bool {
    let names = try (path.isEmpty ? folder : folder.file(path)).contents()
    guard body(path, names) else { return false }
    guard depth < largestDepth else { return true }
    for name in names where leadsToScenes(name) {
      let inner = path.isEmpty ? name : "\(path)/\(name)"
      guard folder.file(inner).isFolder else { continue }
      guard try visit(folder, inner, depth: depth + 1, body) else { return false }
    }
    return true
  }
}
