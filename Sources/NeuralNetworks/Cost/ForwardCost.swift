import Torch

/// The arithmetic and the memory of a forward pass, counted from the operators that run.
///
/// A multiplication and the addition that comes with it are one multiply-add, and two floating-point operations. They are
/// counted for matrix products, convolutions and attention's products; biases count nothing, and what is done to each
/// element, such as activations, normalizations and resizing, is reported apart.
public struct ForwardCost: Sendable, Equatable {
  /// What one operator does in one module of the network.
  public struct Part: Sendable, Equatable {
    /// The name of the layer whose parameters the operator takes, such as `backbone.layer1.0.conv1`. An operator without
    /// parameters belongs to what lies around the layer before it; the name is empty before the first layer.
    public let module: String
    /// The name of the operator, such as `conv2d`.
    public let name: String
    /// How often the operator is called.
    public internal(set) var callCount = 0
    /// The multiply-adds of matrix products and convolutions with parameters.
    public internal(set) var parameterMultiplyAdds = 0
    /// The multiply-adds of products of features with features, as attention has them.
    public internal(set) var featureMultiplyAdds = 0
    /// The elements to which something else is done.
    public internal(set) var elementCount = 0

    /// The multiply-adds of all products.
    public var multiplyAdds: Int { parameterMultiplyAdds + featureMultiplyAdds }
  }

  /// What each operator does in each module, in the order of a forward pass.
  public internal(set) var parts: [Part] = []
  /// The number of elements of the parameters that the pass uses.
  public internal(set) var usedParameterCount = 0
  /// The most bytes of features that exist at one time in an evaluation, with the images and without parameters.
  public internal(set) var peakActivationBytes = 0
  /// The bytes of features that exist at the end of a forward pass in training, which keeps what gradients need.
  ///
  /// It is an estimate from what each operator keeps; the losses and the backward pass need more.
  public internal(set) var trainingActivationBytes = 0

  /// The multiply-adds of all products.
  public var multiplyAdds: Int { parts.reduce(0) { $0 + $1.multiplyAdds } }
  /// The multiply-adds of products of features with features, as attention has them.
  public var featureMultiplyAdds: Int { parts.reduce(0) { $0 + $1.featureMultiplyAdds } }
  /// The floating-point operations of all products, two for a multiply-add.
  public var flops: Int { 2 * multiplyAdds }
  /// The elements to which something is done that is no product.
  public var elementCount: Int { parts.reduce(0) { $0 + $1.elementCount } }

  /// Counts a forward pass.
  ///
  /// - Parameters:
  ///   - store: the parameters of the network.
  ///   - images: the images that the pass takes.
  ///   - forward: the pass, in evaluation.
  public init(of store: ParameterStore, images: Tensor, _ forward: (_ images: Tensor) -> Void) {
    let recorder = CostRecorder(store, images)
    withoutGradients { observingOperators(recorder.add) { forward(images) } }
    self = recorder.cost
  }

  init() {}

  /// Returns the sums of the parts that have one key, in the order of a forward pass.
  public func sums(by key: (Part) -> (module: String, name: String)) -> [Part] {
    var positions: [[String]: Int] = [:]
    var sums: [Part] = []
    for part in parts {
      let (module, name) = key(part)
      let position = positions[[module, name]] ?? sums.count
      if position == sums.count {
        positions[[module, name]] = position
        sums.append(Part(module: module, name: name))
      }
      sums[position].callCount += part.callCount
      sums[position].parameterMultiplyAdds += part.parameterMultiplyAdds
      sums[position].featureMultiplyAdds += part.featureMultiplyAdds
      sums[position].elementCount += part.elementCount
    }
    return sums
  }
}
