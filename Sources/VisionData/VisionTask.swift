/// A question about an image: about each of its pixels, about the image as a whole, or about the objects in it.
public struct VisionTask: Sendable, Hashable, Codable {
  /// The form of the answer.
  public enum Kind: Sendable, Hashable, Codable {
    /// One of several classes at each pixel.
    case segmentation(classes: [String])
    /// The depth of each pixel in meters, above zero.
    case depth
    /// The disparity of each pixel, or another inverse of its distance, of zero or above.
    case disparity
    /// The unit normal of the surface at each pixel, in the camera's frame: x to the right, y down, z away from the
    /// camera.
    case normals
    /// Yes or no for each pixel, of which few are yes.
    case edges
    /// Yes or no for each pixel.
    case saliency
    /// One to three numbers for each pixel; files of data set folders hold those from 0 to 1.
    case quantities(count: Int)
    /// Yes or no about the image as a whole, for each of several names.
    case attributes(names: [String])
    /// How probable each of several classes is for the image as a whole, such as what another network says of it.
    case probabilities(count: Int)
    /// The objects in the image, each of one of several classes.
    case objects(classes: [String])
  }

  /// The name of the task, by which its ground truth, its loss and its files are known.
  public let name: String
  /// The form of the answer.
  public let kind: Kind

  /// Creates a task.
  ///
  /// - Parameters:
  ///   - name: the name of the task, of letters, digits, - and _, as ``isName(_:)`` allows.
  ///   - kind: the form of the answer.
  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// The number of channels that a network predicts, for each pixel or for the image as a whole.
  public var channels: Int { kind.format.channels }

  /// The names of the attributes of the image as a whole; empty for other kinds of tasks.
  public var attributes: [String] { kind.format.attributes }

  /// The names of the classes of objects; empty for other kinds of tasks.
  package var objectClasses: [String] { if case .objects(let classes) = kind { classes } else { [] } }

  /// Whether the answer has something for each pixel.
  public var isDense: Bool { kind.isDense }
}

extension VisionTask.Kind {
  /// The format of the ground truth: what it is, and how files hold it.
  var format: any TargetFormat {
    switch self {
    case .segmentation(let classes): ClassFormat(classes: classes)
    case .depth: DepthFormat()
    case .disparity: DisparityFormat()
    case .normals: NormalsFormat()
    case .edges: MaskFormat(maskContent: .lines)
    case .saliency: MaskFormat(maskContent: .regions)
    case .quantities(let count): QuantityFormat(channels: count)
    case .attributes(let names): AttributeFormat(names: names)
    case .probabilities(let count): ProbabilityFormat(channels: count)
    case .objects(let classes): ObjectFormat(classes: classes)
    }
  }

  /// Whether the answer has something for each pixel.
  var isDense: Bool { format.content != nil }

  /// The kind in few words.
  package var title: String {
    switch self {
    case .segmentation(let classes): "segmentation, \(classes.count) classes"
    case .depth: "depth, in meters"
    case .disparity: "disparity"
    case .normals: "normals"
    case .edges: "edges"
    case .saliency: "saliency"
    case .quantities(let count): "quantities, \(count) channel\(count == 1 ? "" : "s")"
    case .attributes(let names): "attributes, \(names.count)"
    case .probabilities(let count): "probabilities, \(count) classes"
    case .objects(let classes): "objects, \(classes.count) class\(classes.count == 1 ? "" : "es")"
    }
  }

  /// The names of the classes that pixels have; nil if the kind is another one.
  package var pixelClasses: [String]? { if case .segmentation(let classes) = self { classes } else { nil } }
}
