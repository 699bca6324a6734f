/// How much of the network a method treats as one gradient.
public enum Granularity: String, Sendable, CaseIterable {
  case model
  case layer
  case tensor

  func ranges(of gradients: any SegmentedGradients) -> [Range<Int>] {
    let width = gradients.width
    // Columns of which nothing is known are one part.
    guard !gradients.segments.isEmpty else { return [0..<width] }
    switch self {
    case .model: return [0..<width]
    case .layer: return gradients.segments.ranges(by: \.layer, width: width).map(\.columns)
    case .tensor: return gradients.segments.ranges(by: \.name, width: width).map(\.columns)
    }
  }
}
