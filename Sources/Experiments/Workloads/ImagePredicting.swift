import Detection
import VisionData

/// A workload whose network predicts from single images.
public protocol ImagePredicting: Workload {
  /// The names of the tasks of which ``predict(_:)`` may give an image; defaults to the network's tasks.
  var drawnTasks: [String] { get }

  /// Returns the predictions for an image.
  ///
  /// - Parameter image: the image, of any size.
  /// - Returns: The predictions of each task, in the network's order.
  /// - Throws: ``ConfigurationError`` if the network takes depth and the image has none, or the other way round.
  func predict(_ image: InputImage) throws -> [(task: String, reading: ImageReading)]
}

extension ImagePredicting {
  /// The network's tasks.
  public var drawnTasks: [String] { network.tasks }
  /// The workload itself.
  public var imagePredictor: (any ImagePredicting)? { self }
}

/// A network's prediction for an image in one task.
public enum ImageReading: Sendable {
  /// An image of the same size as the input.
  case picture(Picture)
  /// A line of text, such as the attributes of the image.
  case text(String)
  /// Objects that were found, in the image's own pixels, best first.
  case objects([DetectedObject])
}
