import Torch

/// A rotation of the first channels of a tensor, `R = B exp(A - Aᵀ)` with A the strict lower triangle of a parameter and B a
/// fixed rotation. The parameter starts at zero, B at random.
///
/// The output does not depend on the parameter as far as autograd knows: a rotation learns from a loss of its own, of its
/// ``matrix``.
///
/// - Source: Javaloy, Valera, *RotoGrad: Gradient Homogenization in Multitask Learning*, ICLR 2022, section 4.2.
public struct Rotation: Layer {
  /// The parameter of which A is the strict lower triangle: size × size.
  public let parameter: Parameter
  /// The fixed rotation B: size × size.
  public let base: Buffer

  private enum Aten {
    static let exponential = Operator("linalg_matrix_exp")
    static let lowerTriangle = Operator("tril")
  }

  /// Registers `original` and `0.base`.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - size: the number of channels that turn.
  public init(_ path: ParameterPath, size: Int) {
    parameter = path.parameter("original", [size, size], .zeros)
    let random = path.store.generator.normal([size, size]).to(.float64)
    base = path.buffer("0.base", withoutGradients { Self.exponential(random) })
  }

  /// The number of channels that turn.
  public var size: Int { parameter.shape[0] }

  /// R, size × size, of which autograd records how it was computed.
  public var matrix: Tensor { base.value.matmul(Self.exponential(parameter.value)) }

  private static func exponential(_ parameter: Tensor) -> Tensor {
    let lower = Aten.lowerTriangle(.tensor(parameter), .integer(-1))
    return Aten.exponential(.tensor(lower - lower.transposed()))
  }

  /// Returns the tensor with its first channels turned; the parameter gets no gradient.
  ///
  /// - Parameters:
  ///   - input: batch × channels, with or without further axes, of at least ``size`` channels.
  ///   - context: not used.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    let turned = Self.turned(input, by: withoutGradients { matrix })
    let rest = input.shape[1] - size
    return rest == 0 ? turned : .concatenated([turned, input.narrowed(axis: 1, from: size, count: rest)], axis: 1)
  }

  /// Returns as many of the first channels as a matrix has rows, multiplied by it.
  public static func turned(_ input: Tensor, by matrix: Tensor) -> Tensor {
    let shape = input.shape
    let size = matrix.shape[0]
    let first = shape[1] == size ? input : input.narrowed(axis: 1, from: 0, count: size)
    return matrix.matmul(first.reshaped([shape[0], size, -1])).reshaped([shape[0], size] + shape.dropFirst(2))
  }
}
