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
      .proposalBox: configuration.proposalLosses.boxLoss(
        deltas: chosen(deltas, samples.foreground), targets: samples.targets, sampled: samples.sampled.count,
        images: images),
    ]
  }

  private func regionLosses(
    _ wanted: Set<DetectionLoss>, _ maps: FeatureRows, _ samples: RegionSamples, _ context: ForwardContext
  ) -> [DetectionLoss: Tensor] {
    var found: [DetectionLoss: Tensor] = [:]
    let first = boxHead.firstFeatures(pooled(maps, samples.regions, size: BoxHead.size), context)
    let foreground = Tensor(samples.foreground).to(first.device)
    if !wanted.isDisjoint(with: [.objectClass, .objectBox]) {
      let output = boxHead(firstFeatures: first, context)
      found[.objectClass] = RegionLosses().classLoss(logits: output.logits, isForeground: samples.isForeground)
      found[.objectBox] = RegionLosses().boxLoss(
        deltas: output.deltas.selecting(foreground), targets: samples.targets, sampled: samples.regions.count)
    }
    guard !wanted.isDisjoint(with: [.visibleMask, .amodalMask, .occlusion]) else { return found }
    let output = hierarchicalHeads(
      pooled(maps, samples.foregroundRegions, size: HierarchicalHeads.size),
      coded: codedBoxFeatures(first.selecting(foreground), context), for: wanted, context)
    found[.visibleMask] = output.visibleLogits.map { maskLoss($0, samples, \.visibleMask) }
    found[.amodalMask] = output.amodalLogits.map { maskLoss($0, samples, \.amodalMask) }
    found[.occlusion] = output.occlusionLogits.map { OcclusionLoss()(logits: $0, isOccluded: samples.isOccluded) }
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
