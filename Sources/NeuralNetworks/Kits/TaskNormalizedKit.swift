import Torch

/// Convolutions that all tasks share, each with a batch normalization for every task; linear layers are plain.
///
/// It remembers the convolutions that it made, as methods work on them.
public final class TaskNormalizedKit: LayerKit {
  /// The tasks that have normalizations of their own, registered as `norm.TASK`.
  public let tasks: [String]
  /// Every convolution that was made, in order.
  public private(set) var convolutions: [NormalizedConvolution] = []

  public init(tasks: [String]) { self.tasks = tasks }

  public func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    let convolution = Convolution(path, shape)
    let normalization = TaskNormalization(norm, channels: shape.outputs, tasks: tasks, momentum: shape.momentum)
    convolutions.append(NormalizedConvolution(convolution, normalization))
    return TaskNormalizedConvolution(convolution: convolution, normalization: normalization)
  }

  public func linear(
    _ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape
  ) -> any StreamLayer {
    PlainKit().linear(path, normalizedAt: norm, shape)
  }
}

private struct TaskNormalizedConvolution: StreamLayer {
  let convolution: Convolution
  let normalization: TaskNormalization

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    normalization(input.map { convolution($0, context) }, context)
  }
}
