import NeuralNetworks
import Torch
import VisionData
import VisionMetrics
import VisionNetworks

/// Runs predictions of any origin over a data set.
struct Evaluator {
  let source: any SampleSource
  let bindings: [TaskBinding]
  let transforms: [any Transform]
  let batchSize: Int
  let threads: Int
  let device: Device

  /// Over a run's validation data.
  init(_ data: DataSetup, _ device: Device) {
    source = data.validation
    bindings = data.bindings
    transforms = data.evaluationTransforms
    batchSize = data.plan.samples.batchSize
    threads = data.plan.samples.threadCount
    self.device = device
  }

  /// - Parameter predict: the predictions of all tasks for a batch.
  /// - Throws: ``ConfigurationError`` if nothing is known of a task; what `predict` throws.
  func evaluate(_ predict: (Batch) throws -> [Tensor]) throws -> Evaluation {
    var metrics = bindings.map { $0.makeMetric() }
    var losses = bindings.map { _ in PooledLoss() }
    let loader = BatchLoader(
      source, tasks: bindings.map(\.task), transforms: transforms, batchSize: batchSize, seed: 0, isShuffled: false,
      endBatch: BatchLoader.batchesPerEpoch(sampleCount: source.count, batchSize: batchSize, isShuffled: false),
      threads: threads)
    defer { loader.close() }
    try withoutGradients {
      for _ in 0..<loader.batchesPerEpoch {
        let batch = try loader.next().to(device)
        for (index, prediction) in try predict(batch).enumerated() {
          let target = batch.labels(of: bindings[index].name)
          losses[index].add(bindings[index].loss, prediction, target)
          metrics[index].add(prediction: prediction.to(.float32), target: target)
        }
      }
    }
    if let index = losses.firstIndex(where: { $0.labelCount == 0 }) {
      throw ConfigurationError(
        "no label of '\(bindings[index].name)' is known in the \(source.count) samples to evaluate on: leave the task out, or take other samples"
      )
    }
    return Evaluation(
      tasks: bindings.indices.map { index in
        TaskEvaluation(
          task: bindings[index].name, loss: losses[index].mean, metrics: metrics[index].results)
      })
  }

  func evaluate(_ network: MultitaskNetwork, precision: Precision) throws -> Evaluation {
    try evaluate { batch in
      precision.compute(on: device) { network(batch.images, .evaluation) }
    }
  }
}
