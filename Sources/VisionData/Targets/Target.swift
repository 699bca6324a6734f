/// The ground truth of an image for one task.
public enum Target: Sendable, Equatable {
  /// A number or a class for every pixel.
  case map(DenseMap)
  /// Yes or no for each of several attributes of the image as a whole; nil where it is not known.
  case attributes([Bool?])
  /// How probable each of several classes is for the image as a whole; nil where it is not known.
  case probabilities([Float]?)
  /// All objects in the image.
  case objects([ObjectAnnotation])

  /// The map of a target for pixels; nil for other targets.
  public var map: DenseMap? { if case .map(let map) = self { map } else { nil } }

  /// The attributes of a target for whole images; nil for other targets.
  public var attributes: [Bool?]? { if case .attributes(let labels) = self { labels } else { nil } }

  /// The objects of a target for objects; nil for other targets.
  public var objects: [ObjectAnnotation]? { if case .objects(let objects) = self { objects } else { nil } }
}
