import Detection
import TestSupport
import Testing
import Torch

@Suite struct LossTests {
  private static let types: [(DType, Double)] = [(.float32, 1e-5), (.float64, 1e-9)]

  private func leaf(_ values: [Double], _ shape: [Int], _ dtype: DType) -> Tensor {
    let tensor = Tensor(values.map { Float($0) }, shape: shape).to(dtype)
    tensor.requiresGradient = true
    return tensor
  }

  /// The reference's inputs are numbers of single precision, written with nine digits.
  private func gradient(_ loss: Tensor, _ input: Tensor) -> [Double] {
    gradients(of: [loss], withRespectTo: [input])[0]!.array()
  }

  @Test func smoothL1OfTheReference() throws {
    for record in try detectionReference("losses")["smooth_l1"].array {
      let difference = Tensor(record["difference"].doubles)
      difference.requiresGradient = true
      let value = SmoothL1(beta: record["beta"].double)(difference)
      expectClose(value.array(of: Double.self), record["value"].doubles, tolerance: 1e-11)
      expectClose(gradient(value.sum(), difference), record["gradient"].doubles, tolerance: 1e-11)
    }
  }

  @Test(arguments: types) func proposalLossesOfTheReference(_ dtype: DType, _ close: Double) throws {
    let record = try detectionReference("losses")["rpn"]
    let labels = record["labels"].array.map(\.ints)
    let count = labels[0].count
    let logits = record["logits"].flatDoubles
    let deltas = record["deltas"].flatDoubles
    let anchors =
      [AnchorLevel].pyramid[3].anchors(rows: 4, columns: 5) + [AnchorLevel].pyramid[4].anchors(rows: 2, columns: 3)
    var (sampled, foreground, targets, isForeground): ([Int], [Int], [BoxDeltas], [Bool]) = ([], [], [], [])
    for (image, (labels, objects)) in paired(labels, record["gt"].array.map(\.boxes)).enumerated() {
      let matching = BoxMatcher.anchors(anchors, objects: objects)
      let positives = labels.indices.filter { labels[$0] == 1 }
      #expect(positives.map { matching.objects[$0] } == record["object_of_positives"][image].ints)
      targets += positives.map { BoxCoder.proposals.encode(objects[matching.objects[$0]], against: anchors[$0]) }
      foreground += positives.map { image * count + $0 }
      let chosen = labels.indices.filter { labels[$0] >= 0 }
      sampled += chosen.map { image * count + $0 }
      isForeground += chosen.map { labels[$0] == 1 }
    }
    expectClose(targets.numbers, record["targets_of_positives"].flatDoubles, tolerance: 1e-9)
    func losses(_ losses: ProposalLosses) -> (Tensor, Tensor, logits: Tensor, deltas: Tensor) {
      let (logits, deltas) = (leaf(logits, [2 * count], dtype), leaf(deltas, [2 * count, 4], dtype))
      return (
        losses.classLoss(logits: logits.selecting(Tensor(sampled)), isForeground: isForeground, images: 2),
        losses.boxLoss(
          deltas: deltas.selecting(Tensor(foreground)), targets: targets, sampled: sampled.count, images: 2),
        logits, deltas
      )
    }
    for variant in record["variants"].array {
      let own = ProposalLosses(
        difference: SmoothL1(beta: variant["beta"].double),
        normalizer: .fixed(anchorsPerImage: variant["batch_size_per_image"].int))
      let (classLoss, boxLoss, logits, deltas) = losses(own)
      expectClose(
        [classLoss.item, boxLoss.item], [variant["loss_rcls"].double, variant["loss_rdet"].double], tolerance: close)
      expectClose(gradient(classLoss, logits), variant["grad_logits"].flatDoubles, tolerance: close)
      let found = gradient(boxLoss, deltas)
      expectClose(
        foreground.flatMap { found[4 * $0..<4 * $0 + 4] }, variant["grad_deltas_of_positives"].flatDoubles,
        tolerance: close)
    }
    let (classLoss, boxLoss, _, _) = losses(
      ProposalLosses(difference: SmoothL1(beta: 1.0 / 9), normalizer: .sampled))
    let other = record["torchvision"]
    #expect(sampled.count == other["sampled"].int)
    expectClose(
      [classLoss.item, boxLoss.item], [other["loss_objectness"].double, other["loss_rpn_box_reg"].double],
      tolerance: close)
  }

  @Test(arguments: types) func regionLossesOfTheReference(_ dtype: DType, _ close: Double) throws {
    let record = try detectionReference("losses")["box"]
    let (proposals, objects) = (record["proposals"].boxes, record["matched_gt"].boxes)
    let targets = zip(objects, proposals).map { BoxCoder.regions.encode($0, against: $1) }
    expectClose(targets.numbers, record["targets"].flatDoubles, tolerance: 1e-9)
    for variant in record["variants"].array {
      let isForeground = variant["labels"].ints.map { $0 == 0 }
      let foreground = isForeground.indices.filter { isForeground[$0] }
      let logits = leaf(record["logits"].flatDoubles, [targets.count, 2], dtype)
      let deltas = leaf(record["deltas"].flatDoubles, [targets.count, 4], dtype)
      let losses = RegionLosses(difference: SmoothL1(beta: variant["beta"].double))
      let classLoss = losses.classLoss(logits: logits, isForeground: isForeground)
      let boxLoss = losses.boxLoss(
        deltas: deltas.selecting(Tensor(foreground)), targets: foreground.map { targets[$0] },
        sampled: isForeground.count)
      expectClose(
        [classLoss.item, boxLoss.item], [variant["loss_cls"].double, variant["loss_det"].double], tolerance: close)
      expectClose(gradient(classLoss, logits), variant["grad_logits"].flatDoubles, tolerance: close)
      let expected =
        variant["grad_deltas"].isNull ? [Double](repeating: 0, count: deltas.count) : variant["grad_deltas"].flatDoubles
      expectClose(gradient(boxLoss, deltas), expected, tolerance: close)
    }
  }

  @Test(arguments: types) func maskLossOfTheReference(_ dtype: DType, _ close: Double) throws {
    let record = try detectionReference("losses")["mask"]
    let count = record["boxes"].array.count
    for variant in record["variants"].array {
      let size = variant["size"].int
      let numbers = FillFormula.unit(variant["logits_fill_name"].string, count: count * size * size).map { 2 * $0 }
      expectClose(numbers.prefix(4).map { Double(Float($0)) }, variant["logits_first"].doubles, tolerance: 1e-8)
      for (kind, name) in [("visible", "loss_vsb"), ("amodal", "loss_amd")] {
        let own = variant[kind]
        let targets = own["targets"].array.flatMap { target in
          own["targets_format"].string == "rows"
            ? target.string.map { $0 == "1" } : columnRuns(target.ints, height: size, width: size)
        }
        #expect(targets.filter { $0 }.count == own["target_ones"].int)
        let logits = leaf(numbers, [count, 1, size, size], dtype)
        let loss = MaskLoss()(logits: logits, targets: Tensor(targets, shape: [count, size, size]))
        expectClose([loss.item], [own[name].double], tolerance: close)
        let found = gradient(loss, logits)
        expectClose(found.prefix(8), own["grad_first"].doubles, tolerance: close)
        let norm = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
        expectClose([norm], [own["grad_l2"].double], tolerance: close)
      }
    }
  }

  @Test(arguments: types) func occlusionLossOfTheReference(_ dtype: DType, _ close: Double) throws {
    let record = try detectionReference("losses")["occlusion"]
    for variant in record["variants"].array {
      let logits = leaf(record["logits"].flatDoubles, [10, 2], dtype)
      let loss = OcclusionLoss()(logits: logits, isOccluded: variant["occluded"].ints.map { $0 == 1 })
      expectClose([loss.item], [variant["loss_occ"].double], tolerance: close, variant["name"].string)
      expectClose(
        gradient(loss, logits), variant["grad_logits"].flatDoubles, tolerance: close, variant["name"].string)
    }
  }

  /// Losses of nothing are zero, and a part of the graph.
  @Test func lossesOfNothing() {
    for (shape, loss) in [
      ([0], { ProposalLosses().classLoss(logits: $0, isForeground: [], images: 0) }),
      ([0, 4], { ProposalLosses(normalizer: .sampled).boxLoss(deltas: $0, targets: [], sampled: 0, images: 2) }),
      ([0, 2], { RegionLosses().classLoss(logits: $0, isForeground: []) }),
      ([0, 4], { RegionLosses().boxLoss(deltas: $0, targets: [], sampled: 0) }),
      ([0, 1, 28, 28], { MaskLoss()(logits: $0, targets: .zeros([0, 28, 28])) }),
      ([0, 2], { OcclusionLoss()(logits: $0, isOccluded: []) }),
    ] as [([Int], (Tensor) -> Tensor)] {
      let input = Tensor.zeros(shape)
      input.requiresGradient = true
      let loss = loss(input)
      #expect(loss.item == 0 && loss.requiresGradient && loss.shape == [])
      #expect(gradients(of: [loss], withRespectTo: [input])[0]!.shape == shape)
    }
  }

  /// Large logits give large losses, not infinite ones.
  @Test func largeLogits() {
    for logit in [-1e30, -100, 100, 1e30] {
      let pair = Tensor([Float(logit), Float(-logit)], shape: [1, 2])
      for loss in [
        ProposalLosses().classLoss(logits: pair.flattened(), isForeground: [true, false], images: 1),
        RegionLosses().classLoss(logits: pair, isForeground: [true]), OcclusionLoss()(logits: pair, isOccluded: [true]),
        MaskLoss()(logits: pair.reshaped([2, 1, 1, 1]), targets: .ones([2, 1, 1])),
      ] { #expect(loss.item.isFinite) }
    }
  }
}
