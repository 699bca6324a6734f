import Torch

/// A kit whose convolutions all tasks share, each with a batch normalization for every task; linear layers and their
/// normalizations are shared.
///
/// The kit keeps the convolutions that it made, on which methods such as connection strength work.
///
/// - Source: *Achieving Task Priority in Multi-Task Learning by Connection Strength*, CVPR 2024, section 3.
public final class TaskNormalizedKit: LayerKit {
  /// The tasks that have normalizations of their own, registered as `norm.TASK`.
  public let tasks: [String]
  /// Every convolution that was made, in the order in which it was asked for.
  public private(set) var convolutions: [NormalizedConvolution] = []

  /// The places of the normalizations, below which those of the tasks are registered.
  public private(set) var normalizationPaths: [ParameterPath] = []

  /// Creates a kit for the tasks of some names.
  public init(tasks: [String]) { self.tasks = tasks }

  /// Makes a convolution and a batch normalization for each task.
  public func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    let convolution = Convolution(path, shape)
    let normalization = TaskNormalization(norm, channels: shape.outputs, tasks: tasks, momentum: shape.momentum)
    normalizationPaths.append(norm)
    convolutions.append(NormalizedConvolution(convolution, normalization))
    return TaskNormalizedConvolution(convolution: convolution, normalization: normalization)
  }

  /// Makes the linear layer of a ``PlainKit``.
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
