import Torch

/// Normalizes every channel (axis 1) over batch and space: by the batch's own statistics in training, by the running
/// ones otherwise.
///
/// - Source: Ioffe, Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
///   Shift*, ICML 2015.
public struct BatchNormalization: Layer {
  /// The factor of each channel after normalization, one at first.
  public let weight: Parameter
  /// The offset of each channel after normalization, zero at first.
  public let bias: Parameter
  /// The running mean of each channel.
  public let runningMean: Buffer
  /// The running variance of each channel, which is the unbiased one.
  public let runningVariance: Buffer
  private let batches: Buffer
  private let momentum: Double
  private let epsilon: Double

  /// Registers `weight`, `bias` and the running statistics under the names that torchvision and timm have for them.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - channels: the number of channels.
  ///   - momentum: the weight of a batch's statistics in the running ones.
  ///   - epsilon: a number that is added to the variance.
  public init(_ path: ParameterPath, channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) {
    weight = path.parameter("weight", [channels], .ones)
    bias = path.parameter("bias", [channels], .zeros)
    runningMean = path.buffer("running_mean", .zeros([channels]))
    runningVariance = path.buffer("running_var", .ones([channels]))
    batches = path.buffer("num_batches_tracked", .zeros([], dtype: .int64))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Returns the normalized channels. In training, the running statistics follow those of the batch.
  ///
  /// - Parameters:
  ///   - input: batch × channels, with or without further axes.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    if context.isTraining { withoutGradients { batches.value.add(inPlace: batches.value.onesLike()) } }
    return input.batchNormalized(
      weight: weight.value, bias: bias.value, runningMean: runningMean.value,
      runningVariance: runningVariance.value, usesBatch: context.isTraining, momentum: momentum,
      epsilon: epsilon)
  }

  /// The factors and offsets by which evaluation computes `scale · x + shift` for each channel.
  var affine: (scale: Tensor, shift: Tensor) {
    let scale = weight.value / (runningVariance.value + epsilon).sqrt()
    return (scale, bias.value - runningMean.value * scale)
  }
}
