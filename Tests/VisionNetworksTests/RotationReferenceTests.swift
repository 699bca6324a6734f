import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch
import VisionNetworks

/// RotoGrad beside recorded numbers.
@Suite struct RotationReferenceTests {
  private static func close(_ found: Tensor, _ expected: Reference, _ what: String) {
    let expected = expected.flatDoubles
    let scale = expected.map(abs).max() ?? 0
    expectClose(found.to(.float64).array(), expected, tolerance: max(1e-7 * scale, 1e-12), what)
  }

  private static func unit(_ name: String, _ shape: [Int]) -> Tensor {
    Tensor(FillFormula.unit(name, count: shape.reduce(1, *)), shape: shape)
  }

  @Test(arguments: ["RotateOnly", "RotoGrad", "RotoGrad_post"])
  func fourCalls(_ name: String) throws {
    let reference = try reference("rotograd")
    let variant = reference["variants"][name]
    let (tasks, batch, size) = (reference["tasks"].int, reference["batch"].int, reference["features"].int)
    let post = variant["post_shape"].ints
    let store = ParameterStore(seed: 0, dtype: .float64)
    let rotations = (0..<tasks).map { Rotation(store.root["rotation_\($0)"], size: size) }
    store.layOut()
    withoutGradients {
      for (task, rotation) in rotations.enumerated() {
        rotation.parameter.value.copy(from: Self.unit("rotograd.X\(task)", [size, size]))
        rotation.base.value.copy(from: .identity(size, dtype: .float64))
      }
    }
    for (rotation, record) in paired(rotations, variant["rotation"].array) {
      Self.close(rotation.matrix, record, "rotation")
    }
    var method = RotoGrad(scales: variant["class"].string == "RotoGrad", burnIn: variant["burn_in_period"].int)
    for (number, step) in variant["steps"].array.enumerated() {
      let z = Self.unit("rotograd.z\(number)", [batch, size] + post)
      z.requiresGradient = true
      var inShared: [[Tensor]] = []
      for (task, rotation) in rotations.enumerated() {
        let turned = rotation(z, .evaluation)
        let prediction = (turned * Self.unit("rotograd.w\(task)", [size] + post)).flattened(from: 1).sum(axes: [1])
        let loss = prediction.squared().mean()
        Self.close(prediction, step["predictions"][task], "prediction")
        #expect(abs(loss.item - step["losses"][task].double) < 1e-6)
        let found = gradients(of: [loss], withRespectTo: [turned, z])
        Self.close(found[0]!, step["gradient_in_rotated_space"][task], "rotated")
        Self.close(found[1]!, step["gradient_in_shared_space"][task], "shared")
        inShared.append([found[1]!])
      }
      // Without further axes, the public code minimizes the sum over the batch.
      let factor = post.isEmpty ? Double(batch) : 1
      let loss = FeatureRotations.loss(inShared, rotations.map { [$0.matrix] }) * factor
      let found = gradients(of: [loss], withRespectTo: rotations.map(\.parameter.value))
      for (gradient, record) in paired(found, step["gradient_of_X"].array) { Self.close(gradient!, record, "X") }
      let rows = inShared.map { $0[0].flattened().array(of: Double.self) }
      var context = AggregationContext(taskCount: tasks, generator: SeededGenerator(seed: 0))
      let weights = method.weights(for: Gramian(rows: rows), &context)
      var sum = [Double](repeating: 0, count: rows[0].count)
      for (weight, row) in zip(weights, rows) {
        for (column, value) in row.enumerated() { sum[column] += weight * value }
      }
      Self.close(Tensor(sum, shape: [sum.count]), step["gradient_of_features"], "features")
    }
  }

  /// Rotations start at random, keep lengths, and leave further channels alone.
  @Test func laws() {
    let store = ParameterStore(seed: 1, dtype: .float64)
    let rotation = Rotation(store.root["r"], size: 5)
    store.layOut()
    let matrix = rotation.matrix.detached()
    let product: [Double] = matrix.matmul(matrix.transposed()).array()
    expectClose(product, (0..<25).map { $0 % 6 == 0 ? 1 : 0 }, tolerance: 1e-12)
    #expect(matrix.array(of: Double.self)[0] != 1)
    let input = Self.unit("x", [2, 7, 3])
    let output = rotation(input, .evaluation)
    #expect(abs(output.norm().item - input.norm().item) < 1e-12 && !output.requiresGradient)
    #expect(
      output.narrowed(axis: 1, from: 5, count: 2).array(of: Double.self)
        == input.narrowed(axis: 1, from: 5, count: 2).array(of: Double.self))
    // Equal gradients are turned alike: nothing is to be learned. A task without a gradient is no obstacle.
    let same = [[input], [input]]
    #expect(FeatureRotations.loss(same, [[matrix], [matrix]]).item < 1e-20)
    #expect(FeatureRotations.loss([[input], [input * 0]], [[matrix], [matrix]]).item.isFinite)
  }

  @Test func scalingOfTheRows() throws {
    var (method, context) = (RotoGrad(), AggregationContext(taskCount: 2, generator: SeededGenerator(seed: 0)))
    func weights(_ method: inout RotoGrad, _ rows: [[Double]]) -> [Double] {
      method.weights(for: Gramian(rows: rows), &context).elements
    }
    // The first step: the mean length for both.
    let first = weights(&method, [[3, 0], [0, 1]])
    #expect(first == [2.0 / 3, 2])
    // The task that has kept its length has two thirds of the say.
    let second = weights(&method, [[1.5, 0], [0, 1]])
    let length: Double = 1.75 / 1.5
    #expect(abs(second[0] * 1.5 - length) < 1e-12 && abs(second[1] - length) < 1e-12)
    let none = weights(&method, [[0, 0], [0, 0]])
    #expect(none == [0, 0])
    var plain = RotoGrad(scales: false)
    let ones = weights(&plain, [[3, 0], [0, 1]])
    #expect(ones == [1, 1] && !plain.remembersGradients)
    let damaged = RotoGrad.entry
    #expect { try damaged.make(["burnIn": .number(-1)], tasks: ["a"]) } throws: { "\($0)".contains("burnIn") }
  }
}
