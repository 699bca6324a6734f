/// The file `dataset.json` of a data set folder: which tasks there are, and where every sample's files lie.
public struct DatasetIndex: Codable, Sendable {
  public struct Entry: Codable, Sendable {
    public var id: String
    /// Relative to the folder.
    public var image: String
    /// By task, relative to the folder.
    public var targets: [String: String]
    /// Boxes, masks and occlusion of the objects, where there are any.
    public var objects: String?
  }

  public static let fileName = "dataset.json"
  public static let currentFormat = "polymath-dataset-1"
  /// Depth files hold whole tenths of a millimetre; zero says unknown.
  public static let depthUnitsPerMetre: Float = 10_000
  /// What files of quantities hold for 1; ``unknownQuantity`` says unknown.
  public static let quantityScale: Float = 65_534
  public static let unknownQuantity: Float = 65_535

  public var format: String
  public var height: Int
  public var width: Int
  public var tasks: [VisionTask]
  public var samples: [Entry]
}
