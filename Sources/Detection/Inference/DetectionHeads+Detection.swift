import NeuralNetworks
import Support
import Torch

extension DetectionHeads {
  /// Returns the objects that are found in each image of a batch, best first.
  ///
  /// The box head classifies and refines the proposals, and the best are kept. Masks and occlusion are predicted from
  /// features of the refined boxes, beside the coded box features of the proposals that they come from.
  ///
  /// - Parameters:
  ///   - pyramid: the maps P2 to P5, batch × channels × height × width.
  ///   - sizes: the size of each image without what it is padded by.
  ///   - originalSizes: the sizes of the images before they were resized, in which boxes and masks are given; nil if they
  ///     were not.
  ///   - proposals: boxes inside of each image that stand in for the proposal head's; nil for those.
  public func detections(
    in pyramid: [Tensor], sizes: [ImageSize], originalSizes: [ImageSize]? = nil, proposals: [[BoundingBox]]? = nil
  ) -> [[DetectedObject]] {
    let originals = originalSizes ?? sizes
    require(
      pyramid[0].shape[0] == sizes.count && sizes.count == originals.count,
      "\(pyramid[0].signature) is no map of images of \(sizes.count) sizes and \(originals.count) original ones")
    return withoutGradients {
      let proposals =
        proposals
        ?? self.proposals(
          proposalOutputs(pyramid, .evaluation), anchors: anchors(pyramid), sizes: sizes,
          configuration.evaluationProposals)
      let maps = featureRows(pyramid)
      let regions = proposals.enumerated().flatMap { image, boxes in
        boxes.map { RegionOfInterest(image: image, box: $0) }
      }
      let first = boxHead.firstFeatures(pooled(maps, regions, size: BoxHead.size), .evaluation)
      let refined = refine(regions, boxHead(firstFeatures: first, .evaluation), sizes: sizes)
      return objects(refined, maps, first, proposals: proposals, sizes: sizes, originals: originals)
    }
  }

  /// A region whose box was refined.
  private struct RefinedRegion {
    /// The position of the region among those of the batch.
    let position: Int
    let region: RegionOfInterest
    let score: Double
  }

  /// The best refined regions, image by image.
  private func refine(
    _ regions: [RegionOfInterest], _ output: BoxHead.Output, sizes: [ImageSize]
  ) -> [RefinedRegion] {
    let probabilities = output.logits.to(.float64).softmax(axis: 1).array(of: Double.self)
    let deltas = output.deltas.array(of: Double.self)
    let boxes = regions.enumerated().map { index, region in
      let deltas = BoxDeltas(deltas[4 * index], deltas[4 * index + 1], deltas[4 * index + 2], deltas[4 * index + 3])
      return BoxCoder.regions.decode(deltas, against: region.box).clipped(to: sizes[region.image])
    }
    let scores = regions.indices.map { probabilities[2 * $0 + RegionLosses.objectClass] }
    let byImage = Dictionary(grouping: regions.indices) { regions[$0].image }
    return sizes.indices.flatMap { image -> [RefinedRegion] in
      let own = byImage[image] ?? []
      return configuration.detections(own.map { boxes[$0] }, scores: own.map { scores[$0] }).map {
        RefinedRegion(
          position: own[$0], region: RegionOfInterest(image: image, box: boxes[own[$0]]), score: scores[own[$0]])
      }
    }
  }

  private func objects(
    _ refined: [RefinedRegion], _ maps: FeatureRows, _ first: Tensor, proposals: [[BoundingBox]], sizes: [ImageSize],
    originals: [ImageSize]
  ) -> [[DetectedObject]] {
    let coded = codedBoxFeatures(first.selecting(Tensor(refined.map(\.position)).to(first.device)), .evaluation)
    let output = hierarchicalHeads(
      pooled(maps, refined.map(\.region), size: HierarchicalHeads.size), coded: coded,
      for: [.visibleMask, .amodalMask, .occlusion], .evaluation)
    let visible = output.visibleLogits!.to(.float64).sigmoid()
    let amodal = output.amodalLogits!.to(.float64).sigmoid()
    let occlusion = output.occlusionLogits!.to(.float64).softmax(axis: 1).array(of: Double.self)
    var objects = sizes.map { _ in [DetectedObject]() }
    let firstPositions = proposals.reduce(into: [0]) { $0.append($0.last! + $1.count) }
    for (index, refined) in refined.enumerated() {
      let image = refined.region.image
      let original = originals[image]
      let box = refined.region.box.scaled(
        x: Double(original.width) / Double(sizes[image].width),
        y: Double(original.height) / Double(sizes[image].height))
      let free = occlusion[2 * index + OcclusionLoss.freeClass]
      let occluded = occlusion[2 * index + OcclusionLoss.occludedClass]
      objects[image].append(
        DetectedObject(
          box: box, score: refined.score,
          visibleMask: MaskPasting()(visible[index].array(), in: box, of: original),
          amodalMask: MaskPasting()(amodal[index].array(), in: box, of: original),
          occlusionProbability: occluded, isOccluded: occluded > free,
          proposal: refined.position - firstPositions[image]))
    }
    return objects
  }
}
