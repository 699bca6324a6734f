import NeuralNetworks
import Torch

/// Which task each output channel of a shared convolution belongs to: the one that is most strongly connected to it.
///
/// With `s_pq = (1/k²) Σ W[p,q,m,n]²`, the strength of task τ's connection to channel p is
/// `S_p^τ = γ_{τ,p}² / (Var_{τ,p} + ε) · Σ_q s_pq`, divided by its sum over the channels.
///
/// - Source: the paper on connection strength, sections 3.2 and 3.3.
public enum ChannelPriority {
  /// The strength of each task's connection to each output channel of a convolution.
  ///
  /// - Parameters:
  ///   - weight: the convolution's kernels, output × input × height × width.
  ///   - scales: γ of each task's normalization, a number for each output channel.
  ///   - variances: the running variances of the same normalizations.
  ///   - epsilon: ε, which keeps the quotient finite where a variance is zero.
  /// - Returns: tasks × output channels; each row adds up to 1.
  public static func strengths(
    weight: Tensor, scales: [Tensor], variances: [Tensor], epsilon: Double = 1e-5
  ) -> Tensor {
    withoutGradients {
      let kernel = Double(weight.shape[2] * weight.shape[3])
      // Inner products of each channel's weights with themselves: no squares are stored.
      let channels = weight.reshaped([weight.shape[0], 1, -1])
      let connections = channels.matmul(channels.transposed(1, 2)).reshaped([-1]) / kernel
      let rows = zip(scales, variances).map { scale, variance in
        scale.squared() / (variance + epsilon) * connections
      }
      let strengths = Tensor.stacked(rows)
      // A layer of zeros belongs to no task in particular.
      return strengths / strengths.sum(axes: [1], keepingAxes: true).clamped(min: 1e-30)
    }
  }

  /// The priority task of each output channel.
  public static func tasks(of convolution: NormalizedConvolution, among tasks: [String]) -> [Int] {
    let own = tasks.map { convolution.normalizations[$0]! }
    return strengths(
      weight: convolution.weight.value, scales: own.map(\.weight.value), variances: own.map(\.runningVariance.value)
    ).argmax(axis: 0).array()
  }
}
