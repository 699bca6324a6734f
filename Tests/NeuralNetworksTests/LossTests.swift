import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch

@Suite struct LossTests {
  @Test func ignoredPixelsDoNotCount() {
    let generator = RandomGenerator(seed: 1)
    let logits = generator.normal([1, 3, 1, 4])
    let loss = CrossEntropy()(logits, Labels(marked: Tensor([0, 2, 255, 255] as [Int], shape: [1, 1, 4]))).item
    let short = CrossEntropy()(logits[.ellipsis, 0..<2], Labels(Tensor([0, 2] as [Int], shape: [1, 1, 2]))).item
    #expect(abs(loss - short) < 1e-6)
  }

  @Test func nothingKnownIsALossOfZero() {
    let all = Labels(marked: .full(255, [1, 1, 2, 2]))
    let prediction = RandomGenerator(seed: 1).normal([1, 1, 2, 2])
    #expect(MaskedL1()(prediction, all).item == 0)
    #expect(BalancedBinaryCrossEntropy(positiveWeight: .fixed(0.95))(prediction, all).item == 0)
    #expect(BalancedBinaryCrossEntropy(positiveWeight: .negativeFraction)(prediction, all).item == 0)
    #expect(CrossEntropy()(.zeros([1, 3, 2, 2]), Labels(marked: .full(255, [1, 2, 2], dtype: .int64))).item == 0)
    #expect(NormalsL1()(.ones([1, 3, 2, 2]), Labels(marked: .full(255, [1, 3, 2, 2]))).item == 0)
    #expect(NormalsCosine()(.ones([1, 3, 2, 2]), Labels(marked: .full(255, [1, 3, 2, 2]))).item == 0)
  }

  @Test func balancedCrossEntropyByHand() {
    // One edge among four pixels, one unknown: w weighs the edge, 1 − w the two others.
    let logits = Tensor([1, -2, 0.5, 9] as [Float], shape: [1, 1, 1, 4])
    let target = Labels(marked: Tensor([1, 0, 0, 255] as [Float], shape: [1, 1, 1, 4]))
    func softplus(_ x: Double) -> Double { log(1 + exp(x)) }
    let w = 0.95
    let fixed = (w * softplus(-1) + (1 - w) * (softplus(-2) + softplus(0.5))) / 3
    let share = (2.0 / 3 * softplus(-1) + 1.0 / 3 * (softplus(-2) + softplus(0.5))) / 3
    #expect(abs(BalancedBinaryCrossEntropy(positiveWeight: .fixed(w))(logits, target).item - fixed) < 1e-6)
    #expect(abs(BalancedBinaryCrossEntropy(positiveWeight: .negativeFraction)(logits, target).item - share) < 1e-6)
  }

  @Test func normalsOfAnyLengthCompareByDirection() {
    let target = Labels(Tensor([0, 0, 1] as [Float], shape: [1, 3, 1, 1]))
    let same = Tensor([0, 0, 7] as [Float], shape: [1, 3, 1, 1])
    let across = Tensor([2, 0, 0] as [Float], shape: [1, 3, 1, 1])
    #expect(NormalsCosine()(same, target).item == 0 && NormalsL1()(same, target).item == 0)
    #expect(NormalsCosine()(across, target).item == 1 && NormalsL1()(across, target).item == 2)
    #expect(abs(NormalsL1(per: .components)(across, target).item - 2.0 / 3) < 1e-6)
  }

  @Test func binaryCrossEntropyByHand() {
    let logits = Tensor([1, -2, 0.5, 9] as [Float], shape: [2, 2])
    let target = Labels(marked: Tensor([1, 0, 0, 255] as [Float], shape: [2, 2]))
    func softplus(_ x: Double) -> Double { log(1 + exp(x)) }
    let expected = (softplus(-1) + softplus(-2) + softplus(0.5)) / 3
    #expect(abs(BinaryCrossEntropy()(logits, target).item - expected) < 1e-6)
    #expect(BinaryCrossEntropy().labelCounts(in: target).known == 3)
  }

  @Test func crossEntropyWithProbabilitiesByHand() {
    let logits = Tensor([1, -2, 0.5, 9, 3, 4] as [Float], shape: [2, 3])
    let rows = [[0.2, 0.5, 0.3], [0, 1, 0]]
    func entropy(_ row: Int) -> Double {
      let values: [Double] = logits[row].to(.float64).array()
      let sum = values.map { exp($0) }.reduce(0, +)
      return -zip(rows[row], values).reduce(0) { $0 + $1.0 * ($1.1 - log(sum)) }
    }
    let values = Tensor(rows.flatMap { $0 }.map { Float($0) }, shape: [2, 3])
    #expect(abs(SoftCrossEntropy()(logits, Labels(values)).item - (entropy(0) + entropy(1)) / 2) < 1e-6)
    let half = Labels(values, known: Tensor([true, false], shape: [2, 1]))
    #expect(abs(SoftCrossEntropy()(logits, half).item - entropy(0)) < 1e-6)
    #expect(SoftCrossEntropy().labelCounts(in: half).known == 1)
    let none = Labels(values, known: Tensor([false, false], shape: [2, 1]))
    #expect(SoftCrossEntropy()(logits, none).item == 0)
    // Certainty is a class.
    let certain = Labels(Tensor([0, 1, 0, 0, 0, 1] as [Float], shape: [2, 3]))
    let classes = Labels(Tensor([1, 2] as [Int], shape: [2, 1, 1]))
    let same = CrossEntropy()(logits.reshaped([2, 3, 1, 1]), classes).item
    #expect(abs(SoftCrossEntropy()(logits, certain).item - same) < 1e-6)
  }

  // MARK: Masks

  /// Every loss, with labels that it takes.
  private static let examples: [(loss: any Loss, prediction: [Int], target: Tensor)] = {
    let generator = RandomGenerator(seed: 7)
    let classes = Tensor((0..<24).map { $0 % 3 }, shape: [2, 3, 4])
    let yes = Tensor((0..<24).map { Float($0 % 5 == 0 ? 1 : 0) }, shape: [2, 1, 3, 4])
    let numbers = generator.normal([2, 3, 3, 4])
    let normals = numbers.normalizedVectors()
    return [
      (CrossEntropy(), [2, 3, 3, 4], classes), (BalancedCrossEntropy(), [2, 2, 3, 4], (classes .== 1).to(.int64)),
      (MaskedL1(), [2, 3, 3, 4], numbers), (BinaryCrossEntropy(), [2, 1, 3, 4], yes),
      (BalancedBinaryCrossEntropy(positiveWeight: .fixed(0.95)), [2, 1, 3, 4], yes),
      (BalancedBinaryCrossEntropy(positiveWeight: .negativeFraction), [2, 1, 3, 4], yes),
      (NormalsL1(), [2, 3, 3, 4], normals), (NormalsL1(per: .components), [2, 3, 3, 4], normals),
      (NormalsCosine(), [2, 3, 3, 4], normals),
    ]
  }()

  /// The loss and its gradient.
  private func values(_ loss: any Loss, _ prediction: Tensor, _ target: Labels) -> [Float] {
    let own = prediction.detached() + 0
    own.requiresGradient = true
    let value = loss(own, target)
    let gradient = gradients(of: [value], withRespectTo: [own])[0]
    return value.array() + (gradient?.array() ?? [])
  }

  /// A mask that is true everywhere changes nothing, to the bit.
  @Test func everythingKnownIsNoMask() {
    for (loss, shape, target) in Self.examples {
      let prediction = RandomGenerator(seed: 8).normal(shape)
      let full = Labels(target, known: .ones(target.shape, dtype: .bool))
      #expect(values(loss, prediction, Labels(target)) == values(loss, prediction, full), "\(loss)")
      #expect(loss.labelCounts(in: full) == loss.labelCounts(in: Labels(target)), "\(loss)")
    }
  }

  /// What stands under the mask does not count, and images that are known as a whole give what they give alone.
  @Test func whatIsUnknownDoesNotCount() {
    for (loss, shape, target) in Self.examples {
      let prediction = RandomGenerator(seed: 9).normal(shape)
      let mask = Tensor(
        (0..<target.count).map { $0 < target.count / 2 }, shape: target.shape)
      let other = target.filled(1, where: .!mask)
      let masked = values(loss, prediction, Labels(target, known: mask))
      #expect(masked == values(loss, prediction, Labels(other, known: mask)), "\(loss)")
      let alone = values(loss, prediction[0..<1], Labels(target[0..<1]))
      expectClose(Array(masked.prefix(alone.count)), alone, tolerance: 1e-6, "\(loss)")
      #expect(masked.dropFirst(alone.count).allSatisfy { $0 == 0 }, "\(loss)")
      #expect(
        loss.labelCounts(in: Labels(target, known: mask)) == loss.labelCounts(in: Labels(target[0..<1])), "\(loss)")
    }
  }

  /// A mask of one channel is a mask of all channels.
  @Test func aMaskOfPixelsHoldsForTheirChannels() {
    let target = RandomGenerator(seed: 3).normal([2, 3, 3, 4])
    let prediction = RandomGenerator(seed: 4).normal([2, 3, 3, 4])
    let mask = Tensor((0..<24).map { $0 % 3 != 0 }, shape: [2, 1, 3, 4])
    for loss in [MaskedL1(), NormalsL1(), NormalsCosine()] as [any Loss] {
      let whole = Labels(target, known: mask.expanded([2, 3, 3, 4]).contiguous())
      #expect(values(loss, prediction, Labels(target, known: mask)) == values(loss, prediction, whole), "\(loss)")
    }
  }
}
