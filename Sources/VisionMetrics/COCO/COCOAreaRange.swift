/// Which objects are measured, by their area in pixels. Both ends of a range belong to it.
public enum COCOAreaRange: Int, CaseIterable, Sendable {
  /// Up to 10¹⁰.
  case all
  /// Up to 32².
  case small
  /// From 32² to 96².
  case medium
  /// From 96² to 10¹⁰.
  case large

  /// The areas that lie in it.
  public var areas: ClosedRange<Double> {
    switch self {
    case .all: 0...1e10
    case .small: 0...1024
    case .medium: 1024...9216
    case .large: 9216...1e10
    }
  }

  /// What COCO adds to the name of a number: `AP` for all objects, `APs` for small ones.
  var suffix: String {
    switch self {
    case .all: ""
    case .small: "s"
    case .medium: "m"
    case .large: "l"
    }
  }
}
