import OrderedCollections
import Support
import Torch

/// All parameters and buffers of a network, by name, and their layout in one vector per owner.
///
/// Layers register what they need through a ``ParameterPath`` while they are built; ``layOut()`` then moves the
/// values into the owners' vectors. Registering more and laying out again grows the network: values and
/// optimizer state stay, and every ``Parameter`` points to its new place.
public final class ParameterStore {
  public let device: Device
  /// Of parameters and buffers of floating-point numbers.
  public let dtype: DType
  /// The source of initial values.
  public let generator: RandomGenerator

  private var parameters: OrderedDictionary<String, Parameter> = [:]
  private var buffers: OrderedDictionary<String, Buffer> = [:]
  private var names: OrderedSet<String> = []
  private var vectorsByOwner: [Owner: ParameterVector] = [:]

  public init(seed: UInt64, device: Device = .cpu, dtype: DType = .float32) {
    self.device = device
    self.dtype = dtype
    generator = RandomGenerator(seed: seed)
  }

  /// Where layers register: the root of all names.
  public var root: ParameterPath { ParameterPath(store: self, prefix: "", owner: .shared) }

  public var allBuffers: [Buffer] { Array(buffers.values) }
  public var allParameters: [Parameter] { Array(parameters.values) }
  public var parameterCount: Int { parameters.values.reduce(0) { $0 + $1.value.count } }

  /// One vector per owner, shared first. Empty before ``layOut()``.
  public var vectors: [ParameterVector] { vectorsByOwner.sorted { $0.key < $1.key }.map(\.value) }
  public func vector(of owner: Owner) -> ParameterVector? { vectorsByOwner[owner] }

  func register(_ name: String, owner: Owner, initial: Tensor) -> Parameter {
    require(!names.contains(name), "two entries named '\(name)'")
    let parameter = Parameter(name: name, owner: owner, value: converted(initial))
    names.append(name)
    parameters[name] = parameter
    return parameter
  }

  func register(buffer name: String, initial: Tensor) -> Buffer {
    require(!names.contains(name), "two entries named '\(name)'")
    let buffer = Buffer(name: name, value: converted(initial))
    names.append(name)
    buffers[name] = buffer
    return buffer
  }

  private func converted(_ initial: Tensor) -> Tensor {
    (initial.dtype.isFloatingPoint ? initial.to(dtype) : initial).to(device)
  }

  /// Puts every owner's parameters into one vector. Call it when the network is built, and again after it grew.
  public func layOut() {
    for (owner, group) in Dictionary(grouping: parameters.values, by: \.owner) {
      let previous = vectorsByOwner[owner]
      if let previous, previous.parameters.count == group.count { continue }
      vectorsByOwner[owner] = ParameterVector(owner: owner, parameters: group, previous: previous)
    }
  }

  /// Every entry of the state dict in order of registration.
  public var state: [(name: String, tensor: Tensor)] {
    names.map { ($0, parameters[$0]?.value ?? buffers[$0]!.value) }
  }

  public func entry(_ name: String) -> Tensor? { parameters[name]?.value ?? buffers[name]?.value }
}
