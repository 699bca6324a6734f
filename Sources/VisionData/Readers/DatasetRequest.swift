import Foundation

/// What a run asks of a data set.
public struct DatasetRequest: Sendable {
  /// Where the data set lies; nil for one that is not on disk.
  public var folder: URL?
  /// Where the samples for validation lie, if they are not in ``folder``.
  public var validationFolder: URL?
  /// The names of the tasks whose ground truth is read.
  public var tasks: [String]
  /// The most samples to train on.
  public var trainingCount: Int
  /// The most samples to validate on; of a folder without a split of its own, its last samples.
  public var validationCount: Int
  /// Rows of pixels of the images, in a data set that draws them.
  public var height: Int
  /// Columns of pixels of the images, in a data set that draws them.
  public var width: Int
  /// Of whatever a data set draws at random.
  public var seed: UInt64
  /// What the images' channels are.
  public var channels: ImageChannels
  /// Images with more pixels are refused before they are decoded.
  public var pixelLimit: Int
  /// What a mask's 255 says where no 1 is beside it.
  public var unclearMasks: UnclearMaskReading

  /// - Parameter folder: where the data set lies; nil for one that is not on disk. The others are as the properties of the
  ///   same names say.
  public init(
    folder: URL? = nil, validationFolder: URL? = nil, tasks: [String], trainingCount: Int, validationCount: Int,
    height: Int, width: Int, seed: UInt64 = 1, channels: ImageChannels = .rgb,
    pixelLimit: Int = PictureReader.defaultPixelLimit, unclearMasks: UnclearMaskReading = .refused
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
  }
}
