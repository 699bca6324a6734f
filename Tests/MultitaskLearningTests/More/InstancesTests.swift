import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// Each instance's loss of each task as a task of its own, with weights from the gradients of all layers or of some.
@Suite struct InstancesTests {
  private typealias More = MoreReference

  /// The parameters of the reference's network, in their order, and the losses in the order instance, task.
  private func problem(_ record: Reference) -> (parameters: [Tensor], losses: () -> [Tensor]) {
    func tensor(_ values: Reference) -> Tensor {
      let flat = values.flatDoubles
      let first = values.array[0].value
      let shape = first is [Any] ? [values.array.count, flat.count / values.array.count] : [flat.count]
      return Tensor(flat, shape: shape)
    }
    let layers = paired(record["weights"].array, record["biases"].array).map { (tensor($0), tensor($1)) }
    let parameters = layers.flatMap { [$0, $1] }
    for parameter in parameters { parameter.requiresGradient = true }
    let (inputs, targets) = (tensor(record["inputs"]), tensor(record["targets"]))
    return (
      parameters,
      {
        var hidden = inputs
        for (index, (weight, bias)) in layers.enumerated() {
          hidden = hidden.matmul(weight.transposed()) + bias
          if index < layers.count - 1 { hidden = hidden.tanh() }
        }
        let losses = (hidden - targets).squared() * 0.5
        return (0..<inputs.shape[0]).flatMap { i in (0..<targets.shape[1]).map { losses[i, $0] } }
      }
    )
  }

  @Test func weightsOfInstances() throws {
    let record = More.file["instance_wise"]
    let (parameters, losses) = problem(record)
    let rows = More.rows(record["jacobian"])
    var generator = SeededGenerator(seed: 0)
    More.checkNumbers(losses().map { $0.detached().item }, record["losses"], 1e-8, "losses")
    let all = taskGradients(of: losses(), withRespectTo: parameters)
    More.checkNumbers(
      all.rows(in: 0..<all.width).array(of: Double.self), record["jacobian"], record["tolerance"].double, "jacobian")
    #expect(all.taskCount == 10 && all.width == rows[0].count)
    for (key, chosen) in [("all_parameters", parameters), ("last_two_layers", Array(parameters.dropFirst(2)))] {
      let expected = record[key]
      let part = taskGradients(of: losses(), withRespectTo: chosen)
      let gramian = part.gramian
      More.checkNumbers(
        gramian.tasks.flatMap { i in gramian.tasks.map { gramian[i, $0] } }, expected["gramian"],
        record["tolerance"].double, key)
      var method = UPGrad()
      let weights = try method.weights(for: gramian, using: &generator)
      More.checkNumbers(weights.elements, expected["upgrad_weights"], record["weights_tolerance"].double, key)
      More.checkDirection(
        all.combined(weights).array(), expected["direction"], record["weights_tolerance"].double, rows: rows, key)
    }
  }

  /// A batch's loss is the mean over its instances: its gradients are the means of theirs.
  @Test func tasksAreMeansOfInstances() {
    let record = More.file["instance_wise"]
    let (parameters, losses) = problem(record)
    let instances = losses()
    let means = (0..<2).map { task in
      stride(from: task, to: instances.count, by: 2).map { instances[$0] }.reduce(Tensor.zeros([], dtype: .float64), +)
        / Double(instances.count / 2)
    }
    let gramian = taskGradients(of: means, withRespectTo: parameters).gramian
    More.checkNumbers(
      gramian.tasks.flatMap { i in gramian.tasks.map { gramian[i, $0] } }, record["task_gramian_of_batch_means"],
      record["tolerance"].double, "means")
  }
}
