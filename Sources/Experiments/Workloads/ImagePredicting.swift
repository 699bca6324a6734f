import VisionData

/// A workload whose network says something about single images.
public protocol ImagePredicting: Workload {
  /// - Parameter picture: of any size.
  /// - Returns: for each task what the network says, in the network's order.
  func predict(_ picture: Picture) throws -> [(task: String, reading: ImageReading)]
}

/// What a network says about an image in one task, for a person.
public enum ImageReading: Sendable {
  /// A picture as large as the image.
  case picture(Picture)
  case text(String)
}
