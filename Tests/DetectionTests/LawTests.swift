import Detection
import NeuralNetworks
import TestSupport
import Testing
import Torch

/// What holds of every batch.
@Suite struct LawTests {
  private static let size = ImageSize(height: 64, width: 96)

  private func heads(_ dtype: DType = .float32) -> (store: ParameterStore, heads: DetectionHeads) {
    var configuration = DetectorConfiguration()
    configuration.channels = 6
    configuration.canonicalSize = 30
    configuration.anchorSampling = BalancedSampling(count: 64, foregroundFraction: 0.5)
    configuration.proposalSampling = BalancedSampling(count: 32, foregroundFraction: 0.25)
    configuration.trainingProposals = ProposalSelection(candidatesPerLevel: 100, count: 60)
    let store = ParameterStore(seed: 4, dtype: dtype)
    let heads = DetectionHeads(store.root, configuration)
    store.layOut()
    return (store, heads)
  }

  private func pyramid(_ images: Int, seed: UInt64 = 1, dtype: DType = .float32) -> [Tensor] {
    let generator = RandomGenerator(seed: seed)
    return (2...5).map { level in
      let map = generator.normal([images, 6, Self.size.height >> level, Self.size.width >> level]).to(dtype)
      map.requiresGradient = true
      return map
    }
  }

  /// An object that fills a box of whole pixels, of which the left half is hidden if it is occluded.
  private func object(_ x1: Int, _ y1: Int, _ x2: Int, _ y2: Int, isOccluded: Bool = false) -> DetectionObject {
    let size = Self.size
    func mask(from left: Int) -> ObjectMask {
      ObjectMask(
        size: size,
        pixels: (0..<size.height * size.width).map { place in
          (y1..<y2).contains(place / size.width) && (left..<x2).contains(place % size.width)
        })
    }
    return DetectionObject(visibleMask: mask(from: isOccluded ? (x1 + x2) / 2 : x1), amodalMask: mask(from: x1))!
  }

  private func randomObjects(_ count: Int, seed: UInt64) -> [DetectionObject] {
    let random = RandomBoxes(seed: seed)
    return random.boxes(count, in: Self.size, smallest: 3).enumerated().map { index, box in
      object(
        Int(box.x1), Int(box.y1), Int(box.x2.rounded(.up)), Int(box.y2.rounded(.up)), isOccluded: index % 2 == 0)
    }
  }

  private func losses(_ heads: DetectionHeads, _ pyramid: [Tensor], _ objects: [[DetectionObject]]) -> [Tensor] {
    heads.losses(
      DetectionLoss.allCases, from: pyramid, objects.map { ImageObjects(size: Self.size, objects: $0) },
      drawing: SeededDrawing(seed: 1, step: 2), .training(RandomGenerator(seed: 0)))
  }

  @Test func everyBatchHasFiniteLosses() {
    let (store, heads) = heads()
    let border = [
      object(0, 0, 3, 64), object(90, 60, 96, 64), object(0, 0, 96, 1), object(95, 0, 96, 64), object(0, 63, 1, 64),
    ]
    let all = object(0, 0, 96, 64, isOccluded: true)
    let same = [DetectionObject](repeating: object(20, 10, 50, 40, isOccluded: true), count: 7)
    let batches: [[[DetectionObject]]] = [
      [[]], [[], []], [randomObjects(3, seed: 1)], [[], randomObjects(5, seed: 2), []], [border], [[all]],
      [[all], randomObjects(4, seed: 3)], [same], [same, [], border], [randomObjects(200, seed: 4)],
      [[object(10, 10, 40, 40)]], [[object(10, 10, 40, 40, isOccluded: true)]],
    ]
    for objects in batches {
      let pyramid = pyramid(objects.count)
      let losses = losses(heads, pyramid, objects)
      #expect(losses.allSatisfy { $0.shape == [] && $0.item.isFinite })
      let parameters = store.allParameters.map(\.value)
      for (loss, row) in zip(DetectionLoss.allCases, gradientsOfEach(losses, withRespectTo: parameters + pyramid)) {
        for (parameter, gradient) in zip(store.allParameters, row) {
          #expect((gradient != nil) == parameter.scope.reach.includes(loss.rawValue), "\(loss) \(parameter.name)")
        }
        #expect(row.allSatisfy { $0?.isFinite().all() ?? true })
        #expect(row.suffix(4).allSatisfy { $0 != nil }, "\(loss) reaches all features")
      }
      if objects.allSatisfy(\.isEmpty) {
        #expect(losses.map { $0.item != 0 } == [true, false, true, false, false, false, false])
      }
    }
  }

  /// Each image is sampled by itself: the order of a batch changes nothing but the order of sums.
  @Test func permutationOfImages() {
    let heads = heads(.float64).heads
    let maps = pyramid(3, dtype: .float64)
    let objects = [randomObjects(4, seed: 5), [], randomObjects(9, seed: 6)]
    func losses(_ order: [Int]) -> [Double] {
      heads.losses(
        DetectionLoss.allCases, from: maps.map { $0.selecting(Tensor(order)) },
        order.map { ImageObjects(size: Self.size, objects: objects[$0]) },
        drawing: FixedDrawing { _, count in Array((0..<count).reversed()) }, .evaluation
      ).map(\.item)
    }
    for order in [[2, 0, 1], [1, 2, 0], [0, 2, 1]] {
      expectClose(losses(order), losses([0, 1, 2]), tolerance: 1e-12)
    }
  }

  /// Whichever losses are asked for, each has the same value.
  @Test func lossesDoNotDependOnWhichAreAskedFor() {
    let heads = heads().heads
    let maps = pyramid(2)
    let images = [randomObjects(4, seed: 7), randomObjects(2, seed: 8)].map {
      ImageObjects(size: Self.size, objects: $0)
    }
    func losses(_ wanted: [DetectionLoss]) -> [Double] {
      heads.losses(wanted, from: maps, images, drawing: SeededDrawing(seed: 1, step: 1), .evaluation).map(\.item)
    }
    let all = losses(DetectionLoss.allCases)
    for (loss, value) in zip(DetectionLoss.allCases, all) { #expect(losses([loss]) == [value]) }
    #expect(losses([.occlusion, .proposalBox]) == [all[6], all[1]])
    #expect(losses([]) == [])
  }

  @Test func flippingFlipsMasks() {
    let random = RandomBoxes(seed: 12)
    let size = ImageSize(height: 20, width: 30)
    func flipped<Element>(_ values: [Element], width: Int) -> [Element] {
      values.indices.map { values[$0 / width * width + width - 1 - $0 % width] }
    }
    for box in random.boxes(30, in: size) {
      let pixels = (0..<600).map { _ in random.integer(0..<2) == 0 }
      let mask = ObjectMask(size: size, pixels: pixels)
      let other = ObjectMask(size: size, pixels: flipped(pixels, width: 30))
      let fractions = MaskTargets(size: 14).fractions(mask, over: box)
      expectClose(
        MaskTargets(size: 14).fractions(other, over: box.flipped(width: 30)), flipped(fractions, width: 14),
        tolerance: 1e-12)
      let probabilities = (0..<196).map { _ in random.number(0...1) }
      let pasted = MaskPasting()(probabilities, in: box, of: size).pixels
      let otherPasted = MaskPasting()(flipped(probabilities, width: 14), in: box.flipped(width: 30), of: size)
      #expect(otherPasted.pixels == flipped(pasted, width: 30))
    }
  }

  @Test func detectionsOfAnyBatch() {
    let heads = heads().heads
    for images in 1...3 {
      let sizes = (0..<images).map { ImageSize(height: 64 - 9 * $0, width: 96 - $0) }
      let originals = sizes.map { ImageSize(height: 2 * $0.height, width: 3 * $0.width) }
      let found = heads.detections(in: pyramid(images), sizes: sizes, originalSizes: originals)
      #expect(found.count == images)
      for (objects, original) in zip(found, originals) {
        #expect(!objects.isEmpty && objects.count <= 100)
        #expect(objects.map(\.score) == objects.map(\.score).sorted(by: >))
        for object in objects {
          #expect(object.box.isFinite && object.box == object.box.clipped(to: original))
          #expect(object.visibleMask.size == original && object.amodalMask.size == original)
          #expect((0...1).contains(object.occlusionProbability))
        }
      }
      // Each image is looked at by itself.
      let alone = heads.detections(
        in: pyramid(images).map { $0[images - 1..<images] }, sizes: [sizes[images - 1]],
        originalSizes: [originals[images - 1]])
      #expect(alone[0].map(\.proposal) == found[images - 1].map(\.proposal))
      expectClose(alone[0].map(\.box).numbers, found[images - 1].map(\.box).numbers, tolerance: 1e-3)
    }
    let nothing = heads.detections(in: pyramid(2), sizes: [Self.size, Self.size], proposals: [[], []])
    #expect(nothing == [[], []])
  }

  /// A diverged network: nothing is found, and nothing stops.
  @Test func featuresThatAreNoNumbers() {
    let heads = heads().heads
    let maps = pyramid(1).map { $0 * Double.nan }
    #expect(heads.detections(in: maps, sizes: [Self.size]) == [[]])
    let losses = losses(heads, maps, [randomObjects(2, seed: 9)])
    #expect(losses[0].item.isNaN)
  }

  @Test func hiddenObjectsAreLeftOut() {
    let empty = ObjectMask(size: Self.size, rowRuns: [64 * 96])
    let hidden = DetectionObject(visibleMask: empty, amodalMask: object(1, 1, 5, 5).amodalMask)!
    #expect(DetectionObject(visibleMask: empty, amodalMask: empty) == nil)
    let objects = ImageObjects(size: Self.size, objects: [hidden, object(3, 3, 9, 9)])
    #expect(objects.boxes == [BoundingBox(3, 3, 9, 9)])
  }
}
