import Torch

/// What each task does to the tokens that enter a layer.
struct TokenModulator {
  private enum Kind {
    case affine([String: (weight: Parameter, bias: Parameter)])
    case normalization(TaskNormalization)
  }

  private let kind: Kind

  /// Registers `path.TASK.weight` and `path.TASK.bias`, which belong to the task.
  init(_ path: ParameterPath, width: Int, tasks: [String], _ modulation: TokenGrowth.Modulation) {
    switch modulation {
    case .affine:
      kind = .affine(
        Dictionary(
          uniqueKeysWithValues: tasks.map { task in
            let path = path[task].reached(by: .task(task))
            return (task, (path.parameter("weight", [width], .ones), path.parameter("bias", [width], .zeros)))
          }))
    case .batchNormalization: kind = .normalization(TaskNormalization(path, channels: width, tasks: tasks))
    }
  }

  /// - Parameter tokens: (tasks · batch) × tokens × width, the streams of the context's tasks.
  func callAsFunction(_ tokens: Tensor, _ context: ForwardContext) -> Tensor {
    let shape = tokens.shape
    let streams = tokens.reshaped([context.tasks.count, -1] + shape.dropFirst())
    switch kind {
    case .affine(let parameters):
      func byTask(_ values: [Tensor]) -> Tensor { Tensor.stacked(values).reshaped([values.count, 1, 1, shape[2]]) }
      let own = context.tasks.map { parameters[$0]! }
      let weights = byTask(own.map(\.weight.value)).to(tokens.dtype)
      return byTask(own.map(\.bias.value)).to(tokens.dtype).addingProduct(streams, weights).reshaped(shape)
    case .normalization(let normalization):
      let normalized = zip(context.tasks, streams.unbound()).map { task, stream in
        normalization(stream.reshaped([-1, shape[2]]), context.for(task: task))
      }
      return Tensor.concatenated(normalized, axis: 0).reshaped(shape)
    }
  }
}
