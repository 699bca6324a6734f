import Support
import Torch

/// The embedded data set: bins of boxes, cylinders, spheres and capsules, drawn by ray casting from a seed, with
/// exact ground truth. It needs no file, and scene n of a seed is the same on any number of threads.
public struct Scenes: SampleSource {
  /// The classes of the task `segmentation`, in order.
  public enum Kind: UInt8, Sendable, CaseIterable, Codable {
    case table, bin, box, cylinder, sphere, capsule

    /// The kind's name in English.
    public var name: String { "\(self)" }
  }

  /// The classes of the task `parts`, in order.
  public static let parts = [
    "none", "box lid", "box side", "cylinder cap", "cylinder wall", "sphere pole", "sphere belt", "capsule end",
    "capsule body",
  ]

  /// The classes of the task `objects`, in order.
  public static let objectKinds: [Kind] = [.box, .cylinder, .sphere, .capsule]

  /// The seed from which the scenes are drawn.
  public let seed: UInt64
  /// The number of scenes.
  public let count: Int
  /// The height of the images, in pixels.
  public let height: Int
  /// The width of the images, in pixels.
  public let width: Int
  /// The tasks whose ground truth the samples have.
  public let tasks: [VisionTask]
  /// What the images' channels are.
  public let channels: ImageChannels

  /// Creates a data set of scenes, none of which is drawn before it is asked for.
  ///
  /// - Parameters:
  ///   - seed: the seed from which the scenes are drawn; the same seed gives the same scenes.
  ///   - count: the number of scenes.
  ///   - height: the height of the images, in pixels.
  ///   - width: the width of the images, in pixels.
  ///   - tasks: the tasks whose ground truth the samples have, some of ``allTasks``.
  ///   - channels: what the images' channels are.
  public init(
    seed: UInt64, count: Int, height: Int = 96, width: Int = 128, tasks: [VisionTask] = Scenes.allTasks,
    channels: ImageChannels = .rgb
  ) {
    self.seed = seed
    self.count = count
    self.height = height
    self.width = width
    self.tasks = tasks
    self.channels = channels
  }

  /// Draws a scene with everything that is known about it.
  public func scene(at position: Int) -> Scene {
    var generator = SeededGenerator(keys: seed, UInt64(position))
    let layout = SceneLayout(using: &generator)
    return SceneRenderer(layout: layout, height: height, width: width).render(using: &generator)
  }

  /// Draws the scene at a position, with the ground truth of the source's tasks.
  public func sample(at position: Int) -> Sample {
    let scene = scene(at: position)
    return Sample(
      image: scene.imageMap(channels), depthChannel: channels.depthChannel,
      targets: Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, scene.target($0)) }))
  }
}
