import Torch

/// Normalises every channel over batch and space: with the batch's own statistics in training, with the
/// running ones otherwise.
///
/// - Source: Ioffe, Szegedy, *Batch Normalization*, ICML 2015.
public struct BatchNormalization: Layer {
  public let weight: Parameter
  public let bias: Parameter
  public let runningMean: Buffer
  public let runningVariance: Buffer
  private let batches: Buffer
  private let momentum: Double
  private let epsilon: Double

  public init(_ path: ParameterPath, channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) {
    weight = path.parameter("weight", [channels], .ones)
    bias = path.parameter("bias", [channels], .zeros)
    runningMean = path.buffer("running_mean", .zeros([channels]))
    runningVariance = path.buffer("running_var", .ones([channels]))
    batches = path.buffer("num_batches_tracked", .zeros([], dtype: .int64))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    if context.isTraining { withoutGradients { batches.value.add(inPlace: batches.value.onesLike()) } }
    return input.batchNormalized(
      weight: weight.value, bias: bias.value, runningMean: runningMean.value,
      runningVariance: runningVariance.value, usesBatch: context.isTraining, momentum: momentum,
      epsilon: epsilon)
  }

  /// What it does in evaluation: `scale · x + shift` for each channel.
  var affine: (scale: Tensor, shift: Tensor) {
    let scale = weight.value / (runningVariance.value + epsilon).sqrt()
    return (scale, bias.value - runningMean.value * scale)
  }
}
