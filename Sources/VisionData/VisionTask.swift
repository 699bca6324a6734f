/// Something to be told about every pixel of a picture.
public struct VisionTask: Sendable, Hashable, Codable {
  public enum Kind: Sendable, Hashable, Codable {
    /// One of several classes.
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
  }

  public let name: String
  public let kind: Kind

  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// The channels that a network predicts.
  public var channels: Int {
    switch kind {
    case .segmentation(let classes): classes.count
    case .normals: 3
    case .depth, .edges, .saliency: 1
    case .quantities(let count): count
    }
  }

  /// The channels of the ground truth.
  public var targetChannels: Int {
    if case .segmentation = kind { return 1 }
    return channels
  }

  /// The value that says: nothing is known about this pixel. No kind has it among its true values.
  public static let unknown: Float = 255
}
