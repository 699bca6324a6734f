import Foundation

/// A domain of Taskonomy: the task that it is the ground truth of, and what its files hold.
struct TaskonomyDomain: Sendable {
  /// The name of the folder, and of the task.
  let name: String
  /// The name at the end of its files.
  let fileName: String
  let kind: VisionTask.Kind
  /// The channels of its files.
  let storedChannels: Int
  /// The bits of a number; nil if a file may have any.
  let bits: Int?
  /// What a stored number of a channel stands for in the published loader.
  let value: @Sendable (_ number: Float, _ channel: Int) -> Float
  /// Whether the values are blurred, as lines of one pixel could not be learned.
  let isBlurred: Bool

  private init(
    _ name: String, _ kind: VisionTask.Kind, fileName: String? = nil, storedChannels: Int = 1, bits: Int? = nil,
    isBlurred: Bool = false, value: @escaping @Sendable (_ number: Float, _ channel: Int) -> Float
  ) {
    self.name = name
    self.kind = kind
    self.fileName = fileName ?? name
    self.storedChannels = storedChannels
    self.bits = bits
    self.isBlurred = isBlurred
    self.value = value
  }

  /// Whether the domain holds depths, in 512ths of a meter.
  var isDepth: Bool { name.hasPrefix("depth_") }

  /// The number that stands where there is no depth.
  static let missingDepth: Float = 65535

  /// The domain of depths along the camera's axis.
  static let cameraDepth = "depth_zbuffer"

  /// The domain of normals.
  static let normals = "normal"

  /// All domains. The probabilities of classes are those that a trained network gave.
  static let all = [
    TaskonomyDomain("segment_semantic", .segmentation(classes: semanticClasses), fileName: "segmentsemantic") { n, _ in
      n
    },
    TaskonomyDomain(normals, .normals, storedChannels: 3) { number, _ in PixelFile.normal(ofByte: number) },
    depth("depth_euclidean"), depth(cameraDepth),
    TaskonomyDomain("edge_occlusion", .quantities(count: 1), bits: 16, isBlurred: true) { number, _ in
      number / (0.00625 * 65536) * 2 - 1
    },
    clipped("edge_texture", at: 0.08 * 65536), clipped("keypoints2d", at: 0.005 * 65536),
    clipped("keypoints3d", at: 65536),
    TaskonomyDomain("principal_curvature", .quantities(count: 2), storedChannels: 3) { number, channel in
      channel == 0 ? (number - 123.572) / 31.922 : (number - 120.1) / 21.658
    },
    TaskonomyDomain("reshading", .quantities(count: 3), storedChannels: 3) { n, _ in PixelFile.normal(ofByte: n) },
    bytes("segment_unsup2d"), bytes("segment_unsup25d"),
    TaskonomyDomain("class_object", .probabilities(count: 1000)) { number, _ in number },
    TaskonomyDomain("class_scene", .probabilities(count: 365), fileName: "class_places") { number, _ in number },
  ]

  private static func depth(_ name: String) -> TaskonomyDomain {
    TaskonomyDomain(name, .quantities(count: 1), bits: 16) { number, _ in
      Float(log(1 + Double(number)) / log(65536))
    }
  }

  private static func clipped(_ name: String, at limit: Float) -> TaskonomyDomain {
    TaskonomyDomain(name, .quantities(count: 1), bits: 16) { number, _ in min(number, limit) / limit * 2 - 1 }
  }

  private static func bytes(_ name: String) -> TaskonomyDomain {
    TaskonomyDomain(name, .quantities(count: 1), bits: 8) { number, _ in PixelFile.normal(ofByte: number) }
  }

  /// The names of the semantic classes: what is uncertain, which is never a label, the background, and classes of COCO.
  private static let semanticClasses = [
    "uncertain", "background", "bottle", "chair", "couch", "potted plant", "bed", "dining table", "toilet", "tv",
    "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase",
  ]
}
