import Support
import Torch

/// Each task's function of the tokens that enter a layer.
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

  /// - Parameter tokens: batch × tokens × width of each stream.
  /// - Returns: a stream for each of the context's tasks.
  func callAsFunction(_ tokens: Streams, _ context: ForwardContext) -> Streams {
    require(!context.tasks.isEmpty, "tasks have streams of their own, but the context names no task")
    switch kind {
    case .affine(let parameters): return scaled(tokens, by: context.tasks.map { parameters[$0]! })
    case .normalization(let normalization):
      let streams = zip(context.tasks, tokens.byTask(count: context.tasks.count)).map { task, stream in
        normalization.byTask[task]!(stream.reshaped([-1, stream.shape[2]]), context).reshaped(stream.shape)
      }
      return Streams(stacked: .concatenated(streams, axis: 0), count: streams.count)
    }
  }

  /// Returns the scaled and shifted streams, computed in one pass over all tasks' streams.
  private func scaled(_ tokens: Streams, by own: [(weight: Parameter, bias: Parameter)]) -> Streams {
    // A stream that is shared so far is broadcast.
    let streams =
      tokens.shared.map { $0.reshaped([1] + $0.shape) }
      ?? tokens.stacked(count: own.count).splitIntoTasks(own.count)
    let width = streams.shape[3]
    func byTask(_ values: [Tensor]) -> Tensor {
      Tensor.stacked(values).reshaped([own.count, 1, 1, width]).to(streams.dtype)
    }
    let scaled = byTask(own.map(\.bias.value)).addingProduct(streams, byTask(own.map(\.weight.value)))
    return Streams(stacked: scaled.reshaped([-1] + scaled.shape.dropFirst(2)), count: own.count)
  }
}

extension Tensor {
  /// Returns (tasks · batch) × … as tasks × batch × ….
  fileprivate func splitIntoTasks(_ count: Int) -> Tensor { reshaped([count, -1] + shape.dropFirst()) }
}
