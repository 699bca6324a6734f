import Detection
import MultitaskLearning

/// The size of a detector, as the parameters of `workload: detection` set it.
struct DetectionSettings: Sendable {
  private let channels: Int
  private let canonicalSize: Double?
  private let anchorSize: Double
  private let anchorsPerImage: Int
  private let regionsPerImage: Int
  private let proposals: Int

  static let parameters: [MethodParameter] = [
    MethodParameter("channels", .integer(1...4096), default: .number(256), "channels of the pyramid and of all heads"),
    MethodParameter(
      "canonicalSize", .real(1...10_000), default: nil,
      "side, in pixels, of a square object that is pooled from the map of stride 16; 224 for images whose shorter side is 480, and in proportion, if it is left out"
    ),
    MethodParameter(
      "anchorSize", .real(1...10_000), default: .number(16),
      "side, in pixels, of the square anchors of the finest map; it doubles from map to map"),
    MethodParameter(
      "anchorsPerImage", .integer(2...100_000), default: .number(256), "anchors of an image that count in the losses"),
    MethodParameter(
      "regionsPerImage", .integer(4...100_000), default: .number(512), "proposals of an image that count in the losses"),
    MethodParameter(
      "proposals", .integer(1...10_000), default: .number(1000), "proposals of an image that the heads look at"),
  ]

  init(_ settings: MethodSettings) {
    channels = settings.integer("channels")
    canonicalSize = settings.optionalNumber("canonicalSize")
    anchorSize = settings.number("anchorSize")
    anchorsPerImage = settings.integer("anchorsPerImage")
    regionsPerImage = settings.integer("regionsPerImage")
    proposals = settings.integer("proposals")
  }

  /// The detector for images of a size in pixels.
  func configuration(for size: SamplePlan.Size) -> DetectorConfiguration {
    var configuration = DetectorConfiguration()
    configuration.channels = channels
    configuration.canonicalSize =
      canonicalSize ?? configuration.canonicalSize * Double(min(size.height, size.width)) / Self.canonicalHeight
    configuration.anchors = (0..<5).map { AnchorLevel(stride: 4 << $0, sizes: [anchorSize * Double(1 << $0)]) }
    configuration.anchorSampling.count = anchorsPerImage
    configuration.proposalSampling.count = regionsPerImage
    configuration.trainingProposals.count = proposals
    configuration.evaluationProposals.count = proposals
    return configuration
  }

  /// The shorter side of the images that the default canonical size belongs to.
  private static let canonicalHeight = 480.0
}
