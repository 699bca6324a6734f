import CTorch

/// A linear function of a tensor that is computed outside of libtorch, and that autograd follows: its derivative is its
/// adjoint, whose derivative is the function itself.
public protocol LinearMap: AnyObject {
  /// The shape of what the function is applied to.
  var inputShape: [Int] { get }
  /// The shape of its results.
  var outputShape: [Int] { get }

  /// Computes the function.
  ///
  /// - Parameters:
  ///   - input: contiguous, of ``inputShape``.
  ///   - output: contiguous, of ``outputShape`` and the input's type and device; every element has to be written.
  func apply(_ input: Tensor, into output: Tensor)

  /// Computes the adjoint Aᵀ of the function A: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩.
  ///
  /// - Parameters:
  ///   - input: contiguous, of ``outputShape``.
  ///   - output: contiguous, of ``inputShape`` and the input's type and device; every element has to be written.
  func applyAdjoint(_ input: Tensor, into output: Tensor)
}

extension Tensor {
  /// Returns the result of a linear function. A tensor of another shape than the function's input stops the process.
  public func mapped(by map: any LinearMap) -> Tensor {
    let shape = map.outputShape
    guard shape.allSatisfy({ $0 >= 0 }), self.shape == map.inputShape else {
      fatalError("a linear map from \(map.inputShape) to \(shape) cannot be applied to \(signature)")
    }
    let context = Unmanaged.passRetained(MapContext(map)).toOpaque()
    let result = withExtendedLifetime(self) {
      ct_apply_linear(
        handle, shape.map(Int64.init), Int32(shape.count), Self.applyMap, context,
        { Unmanaged<MapContext>.fromOpaque($0!).release() })
    }
    guard let result else { fatalError("a linear map of \(signature): \(String(cString: ct_last_error()))") }
    return Tensor(result)
  }

  private static let applyMap: ct_linear_map = { context, isAdjoint, input, output in
    let map = Unmanaged<MapContext>.fromOpaque(context!).takeUnretainedValue().map
    let (input, output) = (Tensor(input!), Tensor(output!))
    if isAdjoint { map.applyAdjoint(input, into: output) } else { map.apply(input, into: output) }
  }
}

private final class MapContext {
  let map: any LinearMap

  init(_ map: any LinearMap) { self.map = map }
}
