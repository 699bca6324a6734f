import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Testing
import Torch

@Suite struct TokenSpaceTests {
  /// Tokens in the plane of two directions, equally large there, and a little in a third.
  private func planar(_ rest: Double) -> TokenCovariance {
    var covariance = TokenCovariance()
    let generator = RandomGenerator(seed: 1)
    for _ in 0..<4 {
      let signs = generator.normal([3, 8, 5])
      let scale = Tensor([Float(1), 0, Float(rest), 0, 1])
      covariance.add(signs * scale)
    }
    return covariance
  }

  @Test func tokensOfASubspaceAreSplitThere() {
    let covariance = planar(0)
    #expect(covariance.sampleCount == 12)
    let space = TokenSpace(covariance: covariance.matrix, ratio: 100)
    #expect(space.rangeDimension == 2 && space.nullDimension == 3)
    let basis: [Float] = space.basis.array()
    // Within the plane of the first and last axis.
    for column in 0..<2 { for row in [1, 2, 3] { #expect(abs(basis[row * 5 + column]) < 1e-6) } }
    #expect(space.eigenvalues[1] > 1 && space.eigenvalues[2] < 1e-9)
    // What is left over counts where r asks for more.
    #expect(TokenSpace(covariance: planar(0.1).matrix, ratio: 50).rangeDimension == 2)
    #expect(TokenSpace(covariance: planar(0.1).matrix, ratio: 1e6).rangeDimension == 3)
  }

  @Test func theBoundaryIsTheSmallestThatHoldsEnough() {
    func boundary(_ eigenvalues: [Float], _ ratio: Double) -> Int {
      let matrix = withoutGradients { () -> Tensor in
        let matrix = Tensor.zeros([eigenvalues.count, eigenvalues.count])
        for (index, value) in eigenvalues.enumerated() { matrix[index, index].fill(Double(value)) }
        return matrix
      }
      return TokenSpace(covariance: matrix, ratio: ratio).rangeDimension
    }
    #expect(boundary([4, 3, 2, 1], 0.5) == 1)
    #expect(boundary([4, 3, 2, 1], 1) == 2)
    #expect(boundary([4, 3, 2, 1], 9) == 3)
    #expect(boundary([4, 3, 2, 1], 9.1) == 4)
    #expect(boundary([1, 4, 2, 3], 2) == 2)
    #expect(boundary([5, 0, 0], 100) == 1)
  }

  @Test func productsAreThoseOfTheProjections() {
    let generator = RandomGenerator(seed: 6)
    let root = generator.normal([6, 6])
    for rank in [1, 2, 5] {
      // A few directions hold nearly everything, whatever their number.
      let factor = root[0..<rank]
      let covariance = factor.transposed(0, 1).matmul(factor) + 1e-4 * Tensor.identity(6)
      let space = TokenSpace(covariance: covariance, ratio: 100)
      let gradients = (0..<3).map { _ in generator.normal([2, 4, 6]) }
      let found = space.products(gradients)
      let columns = space.basis.narrowed(axis: 1, from: 0, count: space.rangeDimension)
      let projection = columns.matmul(columns.transposed(0, 1))
      for sample in 0..<2 {
        for i in 0..<3 {
          for j in 0..<3 {
            let (a, b) = (gradients[i][sample], gradients[j][sample])
            let range = (a.matmul(projection) * b.matmul(projection)).sum().item
            let null = ((a - a.matmul(projection)) * (b - b.matmul(projection))).sum().item
            #expect(abs(found.range[sample * 9 + i * 3 + j] - range) < 1e-4)
            #expect(abs(found.null[sample * 9 + i * 3 + j] - null) < 1e-4)
          }
        }
      }
    }
  }
}

/// Losses that are inner products with two layers' tokens, so that the gradients are what they were made to be.
private struct Planted: TokenSharing {
  /// Per layer: batch × tokens × width.
  let tokens: [Tensor]
  /// Per task and layer: width.
  let slopes: [[[Float]]]
  var count: () -> Void = {}

  var tasks: [String] { ["a", "b", "c"] }
  func features(for tasks: [Int]) -> Features { .shared(tokens) }
  func features(observing observe: (Tensor) -> Void) -> Features {
    count()
    for layer in tokens { observe(layer) }
    return .shared(tokens)
  }
  func losses(of tasks: [Int], from features: Features) -> [Tensor] {
    tasks.map { task in
      zip(features.maps(of: task), slopes[task]).map { ($0 * Tensor($1)).sum() }.reduce(Tensor.zeros([])) { $0 + $1 }
    }
  }
}

@Suite struct TokenAnalysisTests {
  /// Tokens of the first two axes; in layer 0 tasks a and b conflict in the range space alone, in layer 1 tasks a and c in
  /// the null space alone, in layer 2 nobody anywhere.
  private func batch(_ seed: UInt64) -> Planted {
    let generator = RandomGenerator(seed: seed)
    let tokens = (0..<3).map { _ in
      let layer = generator.normal([2, 5, 4]) * Tensor([Float(1), 1, 0, 0])
      layer.requiresGradient = true
      return layer
    }
    return Planted(
      tokens: tokens,
      slopes: [
        [[1, 0.2, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1]],
        [[-1, 0.1, 1, 0], [1, 0, 0.1, 1], [1, 1, 1, 1]],
        [[0.01, 1, 1, 0], [1, 0, -1, 2], [1, 1, 1, 1]],
      ])
  }

  private func analysis(_ batches: Int = 3) throws -> TokenAnalysis {
    try TokenAnalysis(tasks: ["a", "b", "c"], ratio: 100) { body in
      for seed in 0..<batches { try body(batch(UInt64(seed))) }
    }
  }

  @Test func conflictsAreCountedWhereTheyAre() throws {
    let analysis = try analysis()
    #expect(analysis.sampleCount == 6 && analysis.layers.map(\.rangeDimension) == [2, 2, 2])
    #expect(analysis.layers[0].rangeConflicts == [[0, 6, 0], [6, 0, 0], [0, 0, 0]])
    #expect(analysis.layers[0].nullConflictCount == 0)
    #expect(analysis.layers[1].nullConflicts == [[0, 0, 6], [0, 0, 0], [6, 0, 0]])
    #expect(analysis.layers[1].rangeConflictCount == 0)
    #expect(analysis.layers[2].rangeConflictCount == 0 && analysis.layers[2].nullConflictCount == 0)
  }

  /// Three layers and tasks, 2 × 5 × 4 numbers of 4 bytes each: 1,440 bytes a batch.
  @Test(arguments: [(0, 6), (1, 5), (1440, 5), (2879, 5), (2880, 4), (4320, 3)])
  func gradientsMayWaitOrBeComputedAgain(bytes: Int, passes: Int) throws {
    var count = 0
    let found = try TokenAnalysis(tasks: ["a", "b", "c"], ratio: 100, waitingBytes: bytes) { body in
      for seed in 0..<3 {
        var batch = batch(UInt64(seed))
        batch.count = { count += 1 }
        try body(batch)
      }
    }
    #expect(try found == analysis())
    #expect(count == passes)
  }

  @Test func thePlantedLayersGrow() throws {
    let analysis = try analysis()
    var generator = SeededGenerator(seed: 1)
    func growth(
      _ criterion: TokenModulationAndExpansion.Criterion, modulated: Double = 0.34, expanded: Double = 0.34
    ) -> TokenGrowth {
      TokenModulationAndExpansion(modulatedShare: modulated, expandedShare: expanded, criterion: criterion)
        .growth(after: analysis, using: &generator)
    }
    let most = growth(.most)
    #expect(most.modulatedLayers == [0] && most.expandedLayers == [1])
    let least = growth(.least)
    #expect(least.modulatedLayers == [1] && least.expandedLayers == [0])
    let drawn = Set((0..<40).map { _ in growth(.random).modulatedLayers })
    #expect(drawn == [[0], [1], [2]])
    let modulation = growth(.most, modulated: 1, expanded: 0)
    #expect(modulation.modulatedLayers == [0, 1, 2] && modulation.expandedLayers.isEmpty)
  }

  @Test func withoutDataNothingIsKnown() {
    #expect { try analysis(0) } throws: { "\($0)".contains("before any data were seen") }
  }

  @Test func wrongSettingsAreAnswered() throws {
    func complaint(_ settings: [String: MethodSetting], tasks: [String] = ["a", "b"]) -> String {
      do {
        _ = try MethodRegistry.adaptation("dtme").make(settings, tasks: tasks)
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(complaint([:]) == "nothing")
    #expect(complaint(["modulated": .number(1.5)]).contains("from 0.0 to 1.0"))
    #expect(complaint(["expanded": .number(-0.1)]).contains("from 0.0 to 1.0"))
    #expect(complaint(["ratio": .number(0)]).contains("'ratio' is 0"))
    #expect(complaint(["ratio": .number(-3)]).contains("'ratio' is -3"))
    #expect(complaint(["modulated": .number(0), "expanded": .number(0)]).contains("nothing would grow"))
    #expect(complaint([:], tasks: ["a"]).contains("several tasks"))
  }
}
