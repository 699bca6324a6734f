import Testing
import Torch

@Suite struct AutogradTests {
  private func leaf(_ values: [Float]) -> Tensor {
    let tensor = Tensor(values)
    tensor.requiresGradient = true
    return tensor
  }

  @Test func severalOutputsAddUp() {
    let x = leaf([1, 2])
    let found = gradients(of: [(x * x).sum(), (x * 3).sum()], withRespectTo: [x])
    #expect(found[0]!.array(of: Float.self) == [5, 7])
  }

  @Test func seedsWeighTheOutputs() {
    let x = leaf([1, 2])
    let found = gradients(
      of: [x.sum(), (x * x).sum()], withRespectTo: [x],
      seeds: [Tensor(scalar: 10 as Float), Tensor(scalar: 0.5 as Float)])
    #expect(found[0]!.array(of: Float.self) == [11, 12])
  }

  @Test func graphsCanBeRetained() {
    let x = leaf([3])
    let y = (x * x).sum()
    let first = gradients(of: [y], withRespectTo: [x], graph: .retain)[0]!
    let second = gradients(of: [y], withRespectTo: [x])[0]!
    #expect(first.item == 6 && second.item == 6)
  }

  @Test func secondDerivatives() {
    let x = leaf([2, 3])
    let first = gradients(of: [(x * x * x).sum()], withRespectTo: [x], graph: .differentiate)[0]!
    #expect(gradients(of: [first.sum()], withRespectTo: [x])[0]!.array(of: Float.self) == [12, 18])
  }

  @Test func inputsThatAreNotReachedGiveNil() {
    let (x, y) = (leaf([1]), leaf([1]))
    #expect(gradients(of: [(x * 2).sum()], withRespectTo: [x, y])[1] == nil)
  }

  @Test func gradientsAreWrittenOrAddedInPlace() {
    let (x, y, z) = (leaf([1, 2]), leaf([1, 1]), leaf([4, 4]))
    let (a, b, c) = (Tensor.full(9, [2]), Tensor.full(9, [2]), Tensor.full(9, [2]))
    let loss = (x * x + y * 3).sum()
    writeGradients(
      of: [loss],
      to: [GradientTarget(x, into: a), GradientTarget(y, into: b, .add), GradientTarget(z, into: c)])
    #expect(a.array(of: Float.self) == [2, 4])
    #expect(b.array(of: Float.self) == [12, 12])
    #expect(c.array(of: Float.self) == [0, 0])  // Not reached: zeros, where it is written.
  }

  @Test func writingAgreesWithReturning() {
    let generator = RandomGenerator(seed: 5)
    let weight = generator.normal([6, 4])
    let input = generator.normal([3, 4])
    weight.requiresGradient = true
    let loss = input.linear(weight).tanh().squared().sum()
    let returned = gradients(of: [loss], withRespectTo: [weight], graph: .retain)[0]!
    let target = Tensor.zeros([6, 4])
    writeGradients(of: [loss], to: [GradientTarget(weight, into: target)])
    #expect(target.array(of: Float.self) == returned.array(of: Float.self))
  }

  @Test func takenGradientsAreThoseThatAreReturned() {
    let (x, y, z) = (leaf([1, 2]), leaf([1, 1]), leaf([4, 4]))
    let own = Tensor.full(9, [2])
    let loss = (x * x + y * 3).sum()
    let taken = takeGradients(of: [loss], withRespectTo: [x, z], writing: [GradientTarget(y, into: own)])
    #expect(taken.map { $0.array(of: Float.self) } == [[2, 4], [0, 0]])
    #expect(own.array(of: Float.self) == [3, 3])
  }

  /// Autograd gives leaves views of one tensor: whoever takes them may still change one by one.
  @Test func takenGradientsShareNoMemory() {
    let (x, y, part) = (leaf([1, 2]), leaf([3, 4]), leaf([5]))
    let joined = Tensor.concatenated([x.viewed([2]) + y.viewed([2]), part])
    let taken = takeGradients(
      of: [(joined * Tensor([2, 3, 4] as [Float])).sum()], withRespectTo: [x, y, part], writing: [])
    taken[0].multiply(inPlace: 10)
    taken[2].multiply(inPlace: 10)
    #expect(taken.map { $0.array(of: Float.self) } == [[20, 30], [2, 3], [40]])
    #expect(taken.allSatisfy { $0.isContiguous && !$0.requiresGradient })
  }

  @Test func takenGradientsAreContiguous() {
    let x = RandomGenerator(seed: 3).normal([3, 5])
    x.requiresGradient = true
    let scale = RandomGenerator(seed: 4).normal([5, 3])
    let taken = takeGradients(of: [(x.transposed() * scale).sum()], withRespectTo: [x], writing: [])[0]
    #expect(taken.isContiguous && taken.shape == [3, 5])
    let notReached = RandomGenerator(seed: 3).normal([3, 5]).transposed()
    notReached.requiresGradient = true
    let zeros = takeGradients(of: [(x * 2).sum()], withRespectTo: [notReached], writing: [])[0]
    #expect(zeros.isContiguous && zeros.shape == [5, 3] && zeros.abs().max().item == 0)
    #expect(taken.array(of: Float.self) == scale.transposed().contiguous().array(of: Float.self))
  }

  @Test func nothingIsRecordedWithoutGradients() {
    let x = leaf([1])
    #expect(!withoutGradients { x * 2 }.requiresGradient)
    #expect((x * 2).requiresGradient)
  }
}
