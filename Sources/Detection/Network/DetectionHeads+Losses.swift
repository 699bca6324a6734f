import NeuralNetworks
import Support
import Torch

extension DetectionHeads {
  /// Returns some of the seven losses of a batch, each of no dimension and finite.
  ///
  /// Whichever losses are asked for, proposals and samples are the same as long as the draws are. A loss that has nothing
  /// to count, because no region is foreground, is zero and a part of the graph.
  ///
  /// - Parameters:
  ///   - losses: the wanted losses.
  ///   - pyramid: the maps P2 to P5, batch × channels × height × width.
  ///   - images: the objects of each image.
  ///   - drawing: the source of the samples.
  ///   - proposals: boxes inside of each image that stand in for the proposal head's; nil for those.
  ///   - context: whether the network is in training.
  public func losses(
    _ losses: [DetectionLoss], from pyramid: [Tensor], _ images: [ImageObjects], drawing: any CandidateDrawing,
    proposals: [[BoundingBox]]? = nil, _ context: ForwardContext
  ) -> [Tensor] {
    require(
      pyramid[0].shape[0] == images.count, "\(pyramid[0].signature) is no map of \(images.count) images")
    let wanted = Set(losses)
    var found: [DetectionLoss: Tensor] = [:]
    let anchors = anchors(pyramid)
    let needsProposalLosses = !wanted.isDisjoint(with: [.proposalClass, .proposalBox])
    let needsProposals = proposals == nil && wanted.contains { $0 != .proposalClass && $0 != .proposalBox }
    var proposals = proposals ?? images.map { _ in [] }
    if needsProposalLosses || needsProposals {
      let outputs =
        needsProposalLosses
        ? proposalOutputs(pyramid, context) : withoutGradients { proposalOutputs(pyramid, context) }
      if needsProposalLosses {
        let samples = AnchorSamples(Array(anchors.joined()), images, configuration, drawing: drawing)
        found.merge(proposalLosses(outputs, samples, images: images.count)) { $1 }
      }
      if needsProposals {
        proposals = self.proposals(
          outputs, anchors: anchors, sizes: images.map(\.size), configuration.trainingProposals)
      }
    }
    if !wanted.isSubset(of: [.proposalClass, .proposalBox]) {
      let samples = RegionSamples(proposals, images, configuration, drawing: drawing)
      found.merge(regionLosses(wanted, featureRows(pyramid), samples, context)) { $1 }
    }
    return losses.map { found[$0]! }
  }

  private func proposalLosses(
    _ outputs: [ProposalHead.Output], _ samples: AnchorSamples, images: Int
  ) -> [DetectionLoss: Tensor] {
    let logits = Tensor.concatenated(outputs.map(\.logits), axis: 1).flattened()
    let deltas = Tensor.concatenated(outputs.map(\.deltas), axis: 1).reshaped([-1, 4])
    func chosen(_ tensor: Tensor, _ positions: [Int]) -> Tensor {
      tensor.selecting(Tensor(positions).to(tensor.device))
    }
    return [
      .proposalClass: configuration.proposalLosses.classLoss(
        logits: chosen(logits, samples.sampled), isForeground: samples.isForeground, images: images),
      .proposalBox: samples.foreground.isEmpty
        ? deltas.zeroOfGraph
        : configuration.proposalLosses.boxLoss(
          deltas: chosen(deltas, samples.foreground), targets: samples.targets, sampled: samples.sampled.count,
          images: images),
    ]
  }

  private func regionLosses(
    _ wanted: Set<DetectionLoss>, _ maps: FeatureRows, _ samples: RegionSamples, _ context: ForwardContext
  ) -> [DetectionLoss: Tensor] {
    // Where there is no region, one stands in that does not count: libtorch has no second derivatives of convolutions of
    // nothing.
    let standIn = RegionOfInterest(
      image: 0, box: BoundingBox(0, 0, configuration.canonicalSize, configuration.canonicalSize))
    let regions = samples.regions.isEmpty ? [standIn] : samples.regions
    let first = boxHead.firstFeatures(pooled(maps, regions, size: BoxHead.size), context)
    var found: [DetectionLoss: Tensor] = [:]
    if !wanted.isDisjoint(with: [.objectClass, .objectBox]) {
      found = boxLosses(boxHead(firstFeatures: first, context), samples)
    }
    if !wanted.isDisjoint(with: [.visibleMask, .amodalMask, .occlusion]) {
      let positions = samples.foreground.isEmpty ? [0] : samples.foreground
      let output = hierarchicalHeads(
        pooled(maps, positions.map { regions[$0] }, size: HierarchicalHeads.size),
        coded: codedBoxFeatures(first.selecting(Tensor(positions).to(first.device)), context), for: wanted, context)
      found.merge(hierarchicalLosses(output, samples)) { $1 }
    }
    return found
  }

  private func boxLosses(_ output: BoxHead.Output, _ samples: RegionSamples) -> [DetectionLoss: Tensor] {
    let foreground = Tensor(samples.foreground).to(output.deltas.device)
    return [
      .objectClass: samples.regions.isEmpty
        ? output.logits.zeroOfGraph
        : RegionLosses().classLoss(logits: output.logits, isForeground: samples.isForeground),
      .objectBox: samples.foreground.isEmpty
        ? output.deltas.zeroOfGraph
        : RegionLosses().boxLoss(
          deltas: output.deltas.selecting(foreground), targets: samples.targets, sampled: samples.regions.count),
    ]
  }

  private func hierarchicalLosses(
    _ output: HierarchicalHeads.Output, _ samples: RegionSamples
  ) -> [DetectionLoss: Tensor] {
    func loss(_ logits: Tensor?, _ loss: (Tensor) -> Tensor) -> Tensor? {
      logits.map { samples.foreground.isEmpty ? $0.zeroOfGraph : loss($0) }
    }
    var found: [DetectionLoss: Tensor] = [:]
    found[.visibleMask] = loss(output.visibleLogits) { maskLoss($0, samples, \.visibleMask) }
    found[.amodalMask] = loss(output.amodalLogits) { maskLoss($0, samples, \.amodalMask) }
    found[.occlusion] = loss(output.occlusionLogits) { OcclusionLoss()(logits: $0, isOccluded: samples.isOccluded) }
    return found
  }

  private func maskLoss(
    _ logits: Tensor, _ samples: RegionSamples, _ mask: (DetectionObject) -> ObjectMask
  ) -> Tensor {
    let regions = zip(samples.objects, samples.foregroundRegions).map { (mask: mask($0), box: $1.box) }
    return MaskLoss()(
      logits: logits, targets: MaskTargets(size: logits.shape[2])(regions, dtype: logits.dtype, device: logits.device))
  }
}

extension Tensor {
  /// Zero, of no dimension, as a function of these numbers: all that they depend on gets a gradient of zero.
  fileprivate var zeroOfGraph: Tensor { inLossPrecision.sum() * 0 }
}
