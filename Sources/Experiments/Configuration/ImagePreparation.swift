extension Configuration.Data {
  /// The ways in which images of other sizes get the size of a configuration.
  public enum ImageFit: String, Sendable, CaseIterable {
    /// Images and their ground truth are resized.
    case resize
    /// Images keep their scale, and are padded around with the mean color, where nothing is known. Larger ones are an
    /// error, unless they are cropped.
    case pad
  }

  /// The numbers that colors from 0 to 1 become.
  public enum ColorNormalization: String, Sendable, CaseIterable {
    /// Mean and deviation of ImageNet, which published weights expect.
    case imageNet = "imagenet"
    /// Numbers from −1 to 1.
    case symmetric
    /// The colors themselves.
    case identity
  }

  /// What becomes of the size of an image that is enlarged or shrunk at random.
  public enum ScaleRule: String, Sendable, CaseIterable {
    /// The size changes, so that crops are needed.
    case grow
    /// The size stays: the middle of an enlarged image remains, and a shrunk one is surrounded by what is unknown.
    case center
    /// As ``center``, with a random part of an enlarged image.
    case random
  }
}
