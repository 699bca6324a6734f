/// The meaning of a map's numbers, which decides what a change of the image does to them.
public enum MapContent: Sendable, Equatable {
  /// One of several classes at each pixel.
  case classes
  /// Yes (1) or no (0), in regions.
  case regions
  /// Yes (1) or no (0), in lines that may be one pixel thin: they survive shrinking.
  case lines
  /// Distances from the camera in meters: they shrink when the camera comes closer.
  case distances
  /// Inverses of distances, such as disparities: they grow when the camera comes closer.
  case inverseDistances
  /// Unit vectors in the camera's frame, x to the right, y down, z away from the camera: they turn with the image.
  case directions
  /// Numbers that no change of the image touches, each known by itself.
  case quantities

  /// Returns what becomes of a number when the image is enlarged by a factor.
  func scaled(_ value: Float, by factor: Float) -> Float {
    switch self {
    case .distances: value / factor
    case .inverseDistances: value * factor
    case .classes, .regions, .lines, .directions, .quantities: value
    }
  }

  /// Whether a single pixel that is yes stays so when the map shrinks.
  var survivesShrinking: Bool { self == .lines }

  /// The number of channels of the mask that says what is known, for a map of some channels.
  func maskChannels(of channels: Int) -> Int { self == .quantities ? channels : 1 }
}
