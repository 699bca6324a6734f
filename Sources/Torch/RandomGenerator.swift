import CTorch

private enum Aten {
  static let normal = Operator("normal_")
  static let uniform = Operator("uniform_")
  static let bernoulli = Operator("bernoulli_", "float")
  static let randperm = Operator("randperm", "generator")
}

/// A source of random tensors with a state of its own, which two threads must not use at once.
public final class RandomGenerator: @unchecked Sendable {
  let handle: OpaquePointer
  /// The device on which the numbers are drawn.
  public let device: Device

  /// Creates a generator whose sequence depends on the seed and the kind of device. A device that is missing stops the
  /// process.
  public init(seed: UInt64, device: Device = .cpu) {
    guard let handle = ct_generator_create(device.code, seed) else {
      fatalError("no generator on \(device): \(String(cString: ct_last_error()))")
    }
    self.handle = handle
    self.device = device
  }

  deinit { ct_generator_free(handle) }

  /// The generator's whole state as a vector of bytes (`uint8`), which continues the same sequence when it is set
  /// again.
  ///
  /// Setting bytes that are not a state of such a generator stops the process; ``restore(_:)`` throws instead.
  public var state: Tensor {
    get {
      guard let state = ct_generator_state(handle) else { fatalError(String(cString: ct_last_error())) }
      return Tensor(state)
    }
    set {
      guard ct_generator_set_state(handle, newValue.handle) == 0 else {
        fatalError("generator state \(newValue.signature): \(String(cString: ct_last_error()))")
      }
    }
  }

  /// Sets a state that comes from a file.
  ///
  /// - Throws: ``TorchError`` for bytes that are not a state of such a generator.
  public func restore(_ state: Tensor) throws {
    guard ct_generator_set_state(handle, state.handle) == 0 else {
      throw TorchError("generator state \(state.signature): \(String(cString: ct_last_error()))")
    }
  }

  /// Returns a `float32` tensor of independent draws from a normal distribution.
  public func normal(_ shape: [Int], mean: Double = 0, deviation: Double = 1) -> Tensor {
    Aten.normal(
      .tensor(.empty(shape, device: device)), .real(mean), .real(deviation), .generator(self))
  }

  /// Returns a `float32` tensor of independent draws from a uniform distribution.
  public func uniform(_ shape: [Int], in range: Range<Double> = 0..<1) -> Tensor {
    Aten.uniform(
      .tensor(.empty(shape, device: device)), .real(range.lowerBound), .real(range.upperBound),
      .generator(self))
  }

  /// Returns a tensor of independent draws: one with the given probability, zero otherwise.
  public func bernoulli(_ shape: [Int], probability: Double, dtype: DType = .float32) -> Tensor {
    Aten.bernoulli(
      .tensor(.empty(shape, dtype: dtype, device: device)), .real(probability), .generator(self))
  }

  /// Returns the numbers from 0 up to, not including, `count` in random order.
  public func permutation(_ count: Int) -> [Int] {
    Aten.randperm(.integer(count), .generator(self), .dtype(.int64), nil, .device(device)).array(of: Int.self)
  }
}
