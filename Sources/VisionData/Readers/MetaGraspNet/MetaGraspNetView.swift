import Foundation
import ScientificFiles
import Support

/// A view of a scene of MetaGraspNet: an image, depth, the objects with visible and amodal masks, and which of them cover
/// which.
///
/// - Source: Gilles et al., *MetaGraspNet*, CASE 2022, and the example scripts of its repository.
public struct MetaGraspNetView: Sendable {
  private let folder: URL
  /// The path of the scene's folder.
  public let scene: String
  private let number: String
  /// Whether the scene was photographed, and not simulated.
  public let isReal: Bool
  private let hasAmodalFile: Bool

  static let amodalEnding = "_amodal.npz"

  init(folder: URL, scene: String, number: String, isReal: Bool, files: Set<String>) {
    (self.folder, self.scene, self.number, self.isReal) = (folder, scene, number, isReal)
    hasAmodalFile = files.contains(number + Self.amodalEnding)
  }

  /// Lists the views of all scenes below a folder, in the order of the scenes' and views' numbers.
  ///
  /// - Throws: `FileError` (Support) for a folder without views.
  public static func list(in folder: URL) throws -> [MetaGraspNetView] { try MetaGraspNetTree.views(in: folder) }

  /// The name of the view in lists: the path of its files without their endings.
  public var id: String { scene.isEmpty ? number : "\(scene)/\(number)" }

  /// Whether masks of whole objects may be known: simulated views have them in their arrays.
  var mayHaveAmodalMasks: Bool { hasAmodalFile || !isReal }

  private func file(_ ending: String) -> URL { folder.file(id + ending) }

  /// Which objects cover which; nil if that is not known, as for the empty files that were published.
  ///
  /// - Throws: `FileError` (Support) for a file that is damaged.
  public func occlusionOrder() throws -> OcclusionOrder? {
    let matrix = file("_order.csv")
    if matrix.exists, let order = try OcclusionOrder(matrix: matrix) { return order }
    let graph = file("_order.json")
    return graph.exists ? try OcclusionOrder(graph: graph) : nil
  }

  // MARK: Samples

  /// Reads the view with the ground truth of some tasks.
  func sample(tasks: [VisionTask], _ channels: ImageChannels, _ files: PixelFiles) throws -> Sample {
    var image = try files.image(file("_rgb.png"))
    let size = ImageSize(image)
    let arrays = try MetaGraspNetArrays(file(".npz"), like: size)
    let needsDepth = channels.depthChannel != nil || tasks.contains { $0.kind == .depth }
    let depth = needsDepth ? try arrays.depth() : nil
    if channels.depthChannel != nil, let depth { image = image.appending(depth.values) }
    var targets: [String: Target] = [:]
    for task in tasks { targets[task.name] = try target(of: task, arrays, depth, size) }
    return Sample(image: image, depthChannel: channels.depthChannel, targets: targets)
  }

  /// - Parameter depth: the depth, which is read for the tasks that need it.
  private func target(
    of task: VisionTask, _ arrays: MetaGraspNetArrays, _ depth: DenseMap?, _ size: ImageSize
  ) throws -> Target {
    switch task.kind {
    case .depth: .map(depth!)
    case .segmentation: .map(try arrays.categories())
    case .objects(let classes):
      .objects(try arrays.objects(whole: wholeObjects(arrays, size), classCount: classes.count))
    default: fatalError("MetaGraspNet has no ground truth of '\(task.name)'")
    }
  }

  private func wholeObjects(_ arrays: MetaGraspNetArrays, _ size: ImageSize) throws -> [[Bool]] {
    guard hasAmodalFile else { return try arrays.wholeObjects() }
    return try MetaGraspNetArrays(file(Self.amodalEnding), like: size).photographedObjects()
  }
}
