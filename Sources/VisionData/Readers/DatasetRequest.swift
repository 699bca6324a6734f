import Foundation

/// The wishes of a run about a data set: where it lies, which tasks, how many samples, and how files are read.
public struct DatasetRequest: Sendable {
  /// The folder of the data set; nil for one that is not on disk.
  public var folder: URL?
  /// The folder of the samples for validation; nil if they lie in ``folder``.
  public var validationFolder: URL?
  /// The names of the tasks whose ground truth is read.
  public var tasks: [String]
  /// The most samples to train on.
  public var trainingCount: Int
  /// The most samples to validate on; of a folder without a split of its own, its last samples.
  public var validationCount: Int
  /// The height of the images in pixels, in a data set that draws them.
  public var height: Int
  /// The width of the images in pixels, in a data set that draws them.
  public var width: Int
  /// The seed of everything that a data set draws at random.
  public var seed: UInt64
  /// What the images' channels are.
  public var channels: ImageChannels
  /// The most pixels of an image; larger images are refused before they are decoded.
  public var pixelLimit: Int
  /// What 255 means in a mask that holds no 1.
  public var unclearMasks: UnclearMaskReading

  /// The settings of the reader by name, as text; those that are missing keep their defaults.
  public var settings: [String: String]

  /// Creates a request; each parameter is the value of the property of the same name.
  public init(
    folder: URL? = nil, validationFolder: URL? = nil, tasks: [String], trainingCount: Int, validationCount: Int,
    height: Int, width: Int, seed: UInt64 = 1, channels: ImageChannels = .rgb,
    pixelLimit: Int = PictureReader.defaultPixelLimit, unclearMasks: UnclearMaskReading = .refused,
    settings: [String: String] = [:]
  ) {
    self.folder = folder
    self.validationFolder = validationFolder
    self.tasks = tasks
    self.trainingCount = trainingCount
    self.validationCount = validationCount
    self.height = height
    self.width = width
    self.seed = seed
    self.channels = channels
    self.pixelLimit = pixelLimit
    self.unclearMasks = unclearMasks
    self.settings = settings
  }
}
