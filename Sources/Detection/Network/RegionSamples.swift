import Support

/// The regions of a batch that count in the losses of the heads: image by image, in each the foreground first.
package struct RegionSamples {
  /// All sampled regions.
  package private(set) var regions: [RegionOfInterest] = []
  /// Whether each of them belongs to an object.
  package private(set) var isForeground: [Bool] = []
  /// The positions of the foreground among all regions of the batch.
  package private(set) var foreground: [Int] = []
  /// The object of each foreground region.
  package private(set) var objects: [DetectionObject] = []

  /// Samples among an image's proposals and the boxes of its objects, which are appended to them.
  package init(
    _ proposals: [[BoundingBox]], _ images: [ImageObjects], _ configuration: DetectorConfiguration,
    drawing: any CandidateDrawing
  ) {
    require(
      proposals.count == images.count,
      "there are proposals of \(proposals.count) images, and objects of \(images.count)")
    for (image, (proposals, ground)) in zip(proposals, images).enumerated() {
      let candidates = proposals + ground.boxes
      let matching = configuration.proposalMatcher(candidates, objects: ground.boxes)
      let sample = configuration.proposalSampling(
        matching.labels, for: (.foregroundProposals, .backgroundProposals), image: image, drawing: drawing)
      foreground += sample.foreground.indices.map { regions.count + $0 }
      objects += sample.foreground.map { ground.objects[matching.objects[$0]] }
      regions += (sample.foreground + sample.background).map { RegionOfInterest(image: image, box: candidates[$0]) }
      isForeground += sample.foreground.map { _ in true } + sample.background.map { _ in false }
    }
  }

  /// The foreground regions.
  package var foregroundRegions: [RegionOfInterest] { foreground.map { regions[$0] } }

  /// The deltas of the foreground regions' objects.
  package var targets: [BoxDeltas] {
    zip(objects, foreground).map { BoxCoder.regions.encode($0.box, against: regions[$1].box) }
  }

  /// Whether the object of each foreground region is occluded.
  package var isOccluded: [Bool] { objects.map { $0.occludedFraction >= OcclusionLoss.occludedFrom } }
}
