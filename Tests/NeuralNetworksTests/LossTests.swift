import Foundation
import NeuralNetworks
import Testing
import Torch

@Suite struct LossTests {
  @Test func ignoredPixelsDoNotCount() {
    let generator = RandomGenerator(seed: 1)
    let logits = generator.normal([1, 3, 1, 4])
    let loss = CrossEntropy()(logits, Tensor([0, 2, 255, 255] as [Int], shape: [1, 1, 4])).item
    let short = CrossEntropy()(logits[.ellipsis, 0..<2], Tensor([0, 2] as [Int], shape: [1, 1, 2])).item
    #expect(abs(loss - short) < 1e-6)
  }

  @Test func nothingKnownIsALossOfZero() {
    let all = Tensor.full(255, [1, 1, 2, 2])
    let prediction = RandomGenerator(seed: 1).normal([1, 1, 2, 2])
    #expect(MaskedL1()(prediction, all).item == 0)
    #expect(BalancedBinaryCrossEntropy(positiveWeight: .fixed(0.95))(prediction, all).item == 0)
    #expect(BalancedBinaryCrossEntropy(positiveWeight: .negativeShare)(prediction, all).item == 0)
    #expect(CrossEntropy()(.zeros([1, 3, 2, 2]), Tensor.full(255, [1, 2, 2], dtype: .int64)).item == 0)
    #expect(NormalsL1()(.ones([1, 3, 2, 2]), Tensor.full(255, [1, 3, 2, 2])).item == 0)
    #expect(NormalsCosine()(.ones([1, 3, 2, 2]), Tensor.full(255, [1, 3, 2, 2])).item == 0)
  }

  @Test func balancedCrossEntropyByHand() {
    // One edge among four pixels, one unknown: w weighs the edge, 1 − w the two others.
    let logits = Tensor([1, -2, 0.5, 9] as [Float], shape: [1, 1, 1, 4])
    let target = Tensor([1, 0, 0, 255] as [Float], shape: [1, 1, 1, 4])
    func softplus(_ x: Double) -> Double { log(1 + exp(x)) }
    let w = 0.95
    let fixed = (w * softplus(-1) + (1 - w) * (softplus(-2) + softplus(0.5))) / 3
    let share = (2.0 / 3 * softplus(-1) + 1.0 / 3 * (softplus(-2) + softplus(0.5))) / 3
    #expect(abs(BalancedBinaryCrossEntropy(positiveWeight: .fixed(w))(logits, target).item - fixed) < 1e-6)
    #expect(abs(BalancedBinaryCrossEntropy(positiveWeight: .negativeShare)(logits, target).item - share) < 1e-6)
  }

  @Test func normalsOfAnyLengthCompareByDirection() {
    let target = Tensor([0, 0, 1] as [Float], shape: [1, 3, 1, 1])
    let same = Tensor([0, 0, 7] as [Float], shape: [1, 3, 1, 1])
    let across = Tensor([2, 0, 0] as [Float], shape: [1, 3, 1, 1])
    #expect(NormalsCosine()(same, target).item == 0 && NormalsL1()(same, target).item == 0)
    #expect(NormalsCosine()(across, target).item == 1 && NormalsL1()(across, target).item == 2)
    #expect(abs(NormalsL1(per: .components)(across, target).item - 2.0 / 3) < 1e-6)
  }
}
