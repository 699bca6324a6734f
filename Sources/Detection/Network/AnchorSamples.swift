import Support

/// The anchors of a batch that count in the losses of a proposal head.
package struct AnchorSamples {
  /// Of all images, as positions among the images' anchors: `image × anchors + anchor`.
  package private(set) var sampled: [Int] = []
  /// Whether each of the sampled anchors is foreground.
  package private(set) var isForeground: [Bool] = []
  /// The foreground anchors among the sampled ones, as positions.
  package private(set) var foreground: [Int] = []
  /// The deltas of the foreground anchors' objects.
  package private(set) var targets: [BoxDeltas] = []

  package init(
    _ anchors: [BoundingBox], _ images: [ImageObjects], _ configuration: DetectorConfiguration,
    drawing: any CandidateDrawing
  ) {
    for (image, ground) in images.enumerated() {
      let objects = ground.boxes
      let matching = configuration.anchorMatcher(anchors, objects: objects)
      let sample = configuration.anchorSampling(
        matching.labels, for: (.foregroundAnchors, .backgroundAnchors), image: image, drawing: drawing)
      foreground += sample.foreground.map { image * anchors.count + $0 }
      targets += sample.foreground.map {
        BoxCoder.proposals.encode(objects[matching.objects[$0]], against: anchors[$0])
      }
      sampled += (sample.foreground + sample.background).map { image * anchors.count + $0 }
      isForeground += sample.foreground.map { _ in true } + sample.background.map { _ in false }
    }
  }
}
