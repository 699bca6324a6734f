import VisionData

/// A workload whose network predicts from single images.
public protocol ImagePredicting: Workload {
  /// Returns the predictions for an image.
  ///
  /// - Parameter picture: the image, of any size.
  /// - Returns: The prediction of each task, in the network's order.
  func predict(_ picture: Picture) throws -> [(task: String, reading: ImageReading)]
}

extension ImagePredicting {
  /// The workload itself.
  public var imagePredictor: (any ImagePredicting)? { self }
}

/// A network's prediction for an image in one task, in a form that a person can read.
public enum ImageReading: Sendable {
  /// An image of the same size as the input.
  case picture(Picture)
  /// A line of text, such as the attributes of the image.
  case text(String)
}
