/// Something to be told about an image: about each of its pixels, about the image as a whole, or about the objects in it.
public struct VisionTask: Sendable, Hashable, Codable {
  /// What is to be told.
  public enum Kind: Sendable, Hashable, Codable {
    /// One of several classes at each pixel.
    case segmentation(classes: [String])
    /// Metres, above zero.
    case depth
    /// The surface's unit normal in the camera's frame: x to the right, y down, z away from the camera.
    case normals
    /// Yes or no, few of them yes.
    case edges
    /// Yes or no.
    case saliency
    /// Numbers from 0 to 1, one or several (at most three) for each pixel.
    case quantities(count: Int)
    /// Yes or no about the image as a whole, for each of several names.
    case attributes(names: [String])
    /// The objects in the image, each of one of several classes.
    case objects(classes: [String])
  }

  /// By which samples, losses and files are called.
  public let name: String
  /// What is to be told.
  public let kind: Kind

  /// - Parameter name: letters, digits, - and _, as ``isName(_:)`` allows.
  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// The channels that a network predicts: for each pixel, or for the image as a whole.
  public var channels: Int { kind.format.channels }

  /// The names of what is told about the image as a whole; empty for other kinds of tasks.
  public var attributes: [String] { kind.format.attributes }

  /// Whether there is something to be told about each pixel.
  public var isDense: Bool { kind.format.content != nil }
}

extension VisionTask.Kind {
  /// What the ground truth is, and how files hold it.
  var format: any TargetFormat {
    switch self {
    case .segmentation(let classes): ClassFormat(classes: classes)
    case .depth: DepthFormat()
    case .normals: NormalsFormat()
    case .edges: MaskFormat(maskContent: .lines)
    case .saliency: MaskFormat(maskContent: .regions)
    case .quantities(let count): QuantityFormat(channels: count)
    case .attributes(let names): AttributeFormat(names: names)
    case .objects(let classes): ObjectFormat(classes: classes)
    }
  }
}
