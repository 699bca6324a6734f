import Support
import Torch

/// The embedded data set: bins of boxes, cylinders, spheres and capsules, drawn by ray casting from a seed, with
/// exact ground truth. Needs no file, and scene n of a seed is the same on any number of threads.
public struct Scenes: SampleSource {
  /// The classes of the task `segmentation`, in order.
  public enum Kind: UInt8, Sendable, CaseIterable, Codable {
    case table, bin, box, cylinder, sphere, capsule

    public var name: String { "\(self)" }
  }

  /// The classes of the task `parts`, in order.
  public static let parts = [
    "none", "box lid", "box side", "cylinder cap", "cylinder wall", "sphere pole", "sphere belt", "capsule end",
    "capsule body",
  ]

  public static let allTasks: [VisionTask] = [
    VisionTask("segmentation", .segmentation(classes: Kind.allCases.map(\.name))),
    VisionTask("depth", .depth),
    VisionTask("normals", .normals),
    VisionTask("edges", .edges),
    VisionTask("saliency", .saliency),
    VisionTask("parts", .segmentation(classes: parts)),
    VisionTask("distance", .depth),
    VisionTask("curvature", .quantities(count: 2)),
    VisionTask("reshading", .quantities(count: 1)),
    VisionTask("keypoints", .quantities(count: 1)),
    VisionTask("occlusion-edges", .edges),
  ]

  public let seed: UInt64
  public let count: Int
  public let height: Int
  public let width: Int
  public let tasks: [VisionTask]

  public init(
    seed: UInt64, count: Int, height: Int = 96, width: Int = 128, tasks: [VisionTask] = Scenes.allTasks
  ) {
    self.seed = seed
    self.count = count
    self.height = height
    self.width = width
    self.tasks = tasks
  }

  /// Draws a scene with everything that is known about it.
  public func scene(at position: Int) -> Scene {
    var generator = SeededGenerator(keys: seed, UInt64(position))
    let layout = SceneLayout(using: &generator)
    return SceneRenderer(layout: layout, height: height, width: width).render(using: &generator)
  }

  public func sample(at position: Int) -> Sample {
    let scene = scene(at: position)
    return Sample(
      image: scene.imageMap,
      targets: Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, scene.target($0)) }))
  }
}
