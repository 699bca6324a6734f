/// A drawn scene. All maps are height × width, row by row.
public struct Scene: Sendable {
  /// One object and what can be seen of it.
  public struct Object: Sendable, Equatable {
    /// What the object is.
    public let kind: Scenes.Kind
    /// The tight box of the amodal mask: from (x1, y1) up to, not including, (x2, y2), pixels.
    public let box: (x1: Int, y1: Int, x2: Int, y2: Int)
    /// The pixels of the object that can be seen.
    public let visibleMask: RunLengthMask
    /// The whole object, as if nothing covered it.
    public let amodalMask: RunLengthMask
    /// The fraction of the object that others cover.
    public let occlusion: Double
    /// How high the object's center is above the bin's floor, metres.
    public let elevation: Float

    /// Whether two objects are of one kind, at one place, and covered alike.
    public static func == (a: Object, b: Object) -> Bool {
      a.kind == b.kind && a.box == b.box && a.visibleMask == b.visibleMask && a.amodalMask == b.amodalMask
        && a.occlusion == b.occlusion && a.elevation == b.elevation
    }
  }

  /// The height of the image, in pixels.
  public let height: Int
  /// The width of the image, in pixels.
  public let width: Int
  /// Red, green, blue for each pixel.
  public let image: [UInt8]
  /// Metres along the camera's axis.
  public let depth: [Float]
  /// Unit vectors, planar: all x, all y, all z.
  public let normals: [Float]
  /// The class of each pixel: ``Scenes/Kind``.
  public let classes: [UInt8]
  /// The part of a body at each pixel: ``Scenes/parts``.
  public let parts: [UInt8]
  /// One where something else begins to the right or below.
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
  /// The objects, in the order of ``instances``.
  public let objects: [Object]

  /// No surface of the scenes is bent more than a sphere of this radius, metres.
  public static let sharpestRadius: Float = 0.018

  /// The image for files.
  public var picture: Picture { Picture(width: width, height: height, channels: 3, samples: .bits8(image)) }

  /// The image as numbers from 0 to 1; depth in metres where it is wanted.
  public func imageMap(_ channels: ImageChannels = .rgb) -> PixelMap {
    let colors = PixelMap(picture)
    guard channels.depthChannel != nil else { return colors }
    return colors.appending(PixelMap(channels: 1, height: height, width: width, values: depth))
  }

  /// Depth as files hold it.
  var depthPicture: Picture {
    let map = DenseMap(.distances, PixelMap(channels: 1, height: height, width: width, values: depth))
    return Picture(width: width, height: height, channels: 1, samples: DepthFormat().samples(of: map))
  }
}

extension PixelMap {
  /// A picture's samples as numbers 0…1, three channels (gray is repeated, alpha left out).
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
