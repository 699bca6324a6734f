/// A drawn scene. All maps are height × width, row by row.
public struct Scene: Sendable {
  /// One object and what can be seen of it.
  public struct Object: Sendable, Equatable {
    public let kind: Scenes.Kind
    /// The tight box of the amodal mask: from (x1, y1) up to, not including, (x2, y2), pixels.
    public let box: (x1: Int, y1: Int, x2: Int, y2: Int)
    public let visibleMask: RunLengthMask
    /// The whole object, as if nothing covered it.
    public let amodalMask: RunLengthMask
    /// The share of the object that others cover.
    public let occlusion: Double

    public static func == (a: Object, b: Object) -> Bool {
      a.kind == b.kind && a.box == b.box && a.visibleMask == b.visibleMask && a.amodalMask == b.amodalMask
        && a.occlusion == b.occlusion
    }
  }

  public let height: Int
  public let width: Int
  /// Red, green, blue for each pixel.
  public let image: [UInt8]
  /// Metres along the camera's axis.
  public let depth: [Float]
  /// Unit vectors, planar: all x, all y, all z.
  public let normals: [Float]
  public let classes: [UInt8]
  public let parts: [UInt8]
  public let edges: [UInt8]
  /// The objects that nothing covers: what a robot would pick first.
  public let saliency: [UInt8]
  /// Metres along the ray.
  public let distance: [Float]
  /// The two principal curvatures, the larger one first, planar: 1 is a radius of ``sharpestRadius``.
  public let curvature: [Float]
  /// How bright the scene would be if the only lamp were at the camera, and everything white: 0…1.
  public let reshading: [Float]
  /// 1 at a corner, a cap's centre, a pole or a tip that can be seen, falling off as a Gaussian.
  public let keypoints: [Float]
  /// Where depth jumps.
  public let occlusionEdges: [UInt8]
  /// Zero, or one more than the position in `objects`.
  public let instances: [UInt8]
  public let objects: [Object]

  /// No surface of the scenes is bent more than a sphere of this radius, metres.
  public static let sharpestRadius: Float = 0.018

  public var picture: Picture { Picture(width: width, height: height, channels: 3, samples: .bits8(image)) }

  public var imageMap: PixelMap { PixelMap(picture) }

  /// The ground truth of one of ``Scenes/allTasks``.
  public func target(_ task: VisionTask) -> PixelMap {
    func map(_ values: [Float]) -> PixelMap {
      PixelMap(channels: task.targetChannels, height: height, width: width, values: values)
    }
    func map(_ labels: [UInt8]) -> PixelMap { map(labels.map { Float($0) }) }
    switch task.name {
    case "segmentation": return map(classes)
    case "parts": return map(parts)
    case "edges": return map(edges)
    case "saliency": return map(saliency)
    case "depth": return map(depth)
    case "normals": return map(normals)
    case "distance": return map(distance)
    case "curvature": return map(curvature)
    case "reshading": return map(reshading)
    case "keypoints": return map(keypoints)
    case "occlusion-edges": return map(occlusionEdges)
    default: fatalError("scenes have no task '\(task.name)'")
    }
  }
}

extension PixelMap {
  /// A picture's samples as numbers 0…1, three channels (grey is repeated, alpha left out).
  public init(_ picture: Picture) {
    let count = picture.width * picture.height
    var values = [Float](repeating: 0, count: 3 * count)
    func fill<Sample: BinaryInteger>(_ samples: [Sample], scale: Float) {
      for channel in 0..<3 {
        let source = picture.channels < 3 ? 0 : channel
        for index in 0..<count {
          values[channel * count + index] = Float(samples[index * picture.channels + source]) / scale
        }
      }
    }
    switch picture.samples {
    case .bits8(let samples): fill(samples, scale: 255)
    case .bits16(let samples): fill(samples, scale: 65535)
    }
    self.init(channels: 3, height: picture.height, width: picture.width, values: values)
  }
}
