/// A drawn scene. All maps are height × width, row by row.
public struct Scene: Sendable {
  /// One object of a scene, with the pixels at which it is seen.
  public struct Object: Sendable, Equatable {
    /// The kind of the object.
    public let kind: Scenes.Kind
    /// The tight box of the amodal mask in pixels: from (x1, y1) up to, not including, (x2, y2).
    public let box: (x1: Int, y1: Int, x2: Int, y2: Int)
    /// The pixels of the object that can be seen.
    public let visibleMask: RunLengthMask
    /// The pixels of the whole object, as if nothing covered it.
    public let amodalMask: RunLengthMask
    /// The fraction of the object that others cover, from 0 to 1.
    public let occlusion: Double
    /// The height of the object's center above the bin's floor, in meters.
    public let elevation: Float

    /// Whether two objects are of one kind, at one place and height, and covered alike.
    public static func == (a: Object, b: Object) -> Bool {
      a.kind == b.kind && a.box == b.box && a.visibleMask == b.visibleMask && a.amodalMask == b.amodalMask
        && a.occlusion == b.occlusion && a.elevation == b.elevation
    }
  }

  /// The height of the image, in pixels.
  public let height: Int
  /// The width of the image, in pixels.
  public let width: Int
  /// The image: red, green and blue of each pixel, one after another.
  public let image: [UInt8]
  /// The depth of each pixel along the camera's axis, in meters.
  public let depth: [Float]
  /// The unit normal of each pixel in the camera's frame, planar: all x, all y, all z.
  public let normals: [Float]
  /// The class of each pixel, a raw value of ``Scenes/Kind``.
  public let classes: [UInt8]
  /// The part of a body at each pixel, a position in ``Scenes/parts``.
  public let parts: [UInt8]
  /// The edges: 1 at a pixel to the right of which or below which something else begins, 0 elsewhere.
  public let edges: [UInt8]
  /// The saliency: 1 at the pixels of objects that nothing covers, which a robot would pick first, 0 elsewhere.
  public let saliency: [UInt8]
  /// The distance of each pixel along its ray, in meters.
  public let distance: [Float]
  /// The two principal curvatures, the larger one first, planar: 1 stands for a radius of ``sharpestRadius``.
  public let curvature: [Float]
  /// The brightness, from 0 to 1, that each pixel would have if the only lamp were at the camera, and everything white.
  public let reshading: [Float]
  /// A map that is 1 at each corner, center of a cap, pole or tip that can be seen, and falls off around it as a
  /// Gaussian.
  public let keypoints: [Float]
  /// The occlusion edges: 1 where depth jumps, 0 elsewhere.
  public let occlusionEdges: [UInt8]
  /// The object at each pixel: one more than its position in ``objects``, or zero where there is none.
  public let instances: [UInt8]
  /// The objects, in the order of ``instances``.
  public let objects: [Object]

  /// The radius in meters of a sphere that is bent as much as the most bent surface of the scenes.
  public static let sharpestRadius: Float = 0.018

  /// The image as it is written to files.
  public var picture: Picture { Picture(width: width, height: height, channels: 3, samples: .bits8(image)) }

  /// Returns the image as numbers from 0 to 1, with depth in meters as a fourth channel where it is wanted.
  public func imageMap(_ channels: ImageChannels = .rgb) -> PixelMap {
    let colors = PixelMap(picture)
    guard channels.depthChannel != nil else { return colors }
    return colors.appending(PixelMap(channels: 1, height: height, width: width, values: depth))
  }

  /// The depth as files hold it.
  var depthPicture: Picture {
    let map = DenseMap(.distances, PixelMap(channels: 1, height: height, width: width, values: depth))
    return Picture(width: width, height: height, channels: 1, samples: DepthFormat().samples(of: map))
  }
}

extension PixelMap {
  /// Creates a map of an image's samples as numbers from 0 to 1, with three channels: gray is repeated, and
  /// transparency is left out.
  public init(_ picture: Picture) {
    let values: [Float]
    switch picture.samples {
    case .bits8(let samples):
      let table = (0...255).map { Float($0) / 255 }
      values = table.withUnsafeBufferPointer { table in picture.planes(samples, channels: 3) { table[Int($0)] } }
    case .bits16(let samples): values = picture.planes(samples, channels: 3) { Float($0) / 65535 }
    }
    self.init(channels: 3, height: picture.height, width: picture.width, values: values)
  }
}
