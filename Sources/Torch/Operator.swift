import CTorch
import Support

/// A libtorch operator, found by its name in the dispatcher.
///
/// ```swift
/// let gelu = Operator("gelu")
/// let y = gelu(.tensor(x))
/// ```
///
/// Trailing arguments may be left out: the operator's schema has their defaults.
public struct Operator: @unchecked Sendable {
  /// The full name in the dispatcher, such as `aten::add.Tensor`.
  public let name: String
  private let handle: OpaquePointer
  /// The shape of the result on ``Device/meta``; nil where libtorch knows it.
  private let shapeRule: ShapeRule?

  /// Finds an operator. A name that libtorch does not have stops the process.
  ///
  /// - Parameters:
  ///   - name: without the `aten::` prefix.
  ///   - overload: as in libtorch's schemas, for instance `Tensor` in `add.Tensor`.
  public init(_ name: StaticString, _ overload: StaticString = "") {
    self.name = overload.utf8CodeUnitCount == 0 ? "aten::\(name)" : "aten::\(name).\(overload)"
    guard let found = ct_find("aten::\(name)", "\(overload)") else {
      fatalError("libtorch has no operator \(self.name): \(String(cString: ct_last_error()))")
    }
    handle = found
    shapeRule = ShapeRule.rule(of: self.name)
  }

  /// Calls an operator whose first result is a tensor, which is returned. A wrong call stops the process.
  @discardableResult
  public func callAsFunction(_ arguments: OperatorArgument...) -> Tensor {
    var result = ct_value()
    let count = run(arguments, &result, capacity: 1)
    guard count >= 0 else { stop(arguments) }
    guard count >= 1, result.tag == ct_tag_tensor else { fatalError("\(name) returned no tensor") }
    return Tensor(result.tensor)
  }

  /// Calls an operator for its effect, such as one that works in place. A wrong call stops the process.
  public func perform(_ arguments: OperatorArgument...) {
    var results = (ct_value(), ct_value(), ct_value(), ct_value())
    let count = withUnsafeMutableBytes(of: &results) {
      run(arguments, $0.bindMemory(to: ct_value.self).baseAddress!, capacity: 4)
    }
    guard count >= 0 else { stop(arguments) }
    withUnsafeBytes(of: results) { bytes in
      for value in bytes.bindMemory(to: ct_value.self).prefix(count) where value.tag == ct_tag_tensor {
        ct_free(value.tensor)
      }
    }
  }

  /// Calls an operator whose results are tensors. A wrong call stops the process.
  ///
  /// - Returns: all tensors in order; lists are flattened, undefined tensors are left out.
  public func all(_ arguments: OperatorArgument...) -> [Tensor] {
    do {
      return try attempt(arguments)
    } catch {
      stop(arguments)
    }
  }

  /// Calls an operator whose failure the caller wants to handle.
  ///
  /// - Returns: all tensors in order; lists are flattened, undefined tensors are left out.
  /// - Throws: ``TorchError`` with the operator, its arguments' shapes and libtorch's reason.
  public func attempt(_ arguments: [OperatorArgument]) throws -> [Tensor] {
    try withUnsafeTemporaryAllocation(of: ct_value.self, capacity: 256) { results in
      let count = run(arguments, results.baseAddress!, capacity: results.count)
      guard count >= 0 else { throw failure(arguments) }
      require(count <= results.count, "\(name) returned \(count) results, of which at most \(results.count) are read")
      return results.prefix(count).filter { $0.tag == ct_tag_tensor }.map { Tensor($0.tensor) }
    }
  }

  private func run(_ arguments: [OperatorArgument], _ results: UnsafeMutablePointer<ct_value>, capacity: Int) -> Int {
    let count: Int
    if let shapeRule, let result = shapeRule.result(of: arguments) {
      results.pointee.tag = ct_tag_tensor
      results.pointee.tensor = ct_retain(result.handle)
      count = 1
    } else {
      count = call(arguments, results, capacity: capacity)
    }
    if count > 0, let observer = ct_observer() {
      let tensors = UnsafeBufferPointer(start: results, count: min(count, capacity))
        .filter { $0.tag == ct_tag_tensor }.map { Tensor(ct_retain($0.tensor)) }
      OperatorObserver.notify(observer, OperatorCall(name: name, arguments: arguments, results: tensors))
    }
    return count
  }

  private func call(_ arguments: [OperatorArgument], _ results: UnsafeMutablePointer<ct_value>, capacity: Int) -> Int {
    // Lists are copied to one scratch area, eight bytes an element, that lives as long as the call.
    let listCount = arguments.reduce(0) { $0 + $1.listCount }
    return withExtendedLifetime(arguments) {
      withUnsafeTemporaryAllocation(of: ct_value.self, capacity: arguments.count) { values in
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(1, listCount)) { scratch in
          var free = scratch.baseAddress!
          for (index, argument) in arguments.enumerated() {
            values.initializeElement(at: index, to: argument.value(scratch: &free))
          }
          return Int(ct_call(handle, values.baseAddress, Int32(arguments.count), results, Int32(capacity)))
        }
      }
    }
  }

  private func failure(_ arguments: [OperatorArgument]) -> TorchError {
    let reason = String(cString: ct_last_error()).trimmingNewlines
    return TorchError("\(name)(\(arguments.map(\.description).joined(separator: ", "))): \(reason)")
  }

  private func stop(_ arguments: [OperatorArgument]) -> Never { fatalError(failure(arguments).description) }
}

extension OperatorArgument {
  fileprivate var listCount: Int {
    switch self {
    case .integers(let values): values.count
    case .reals(let values): values.count
    case .tensors(let tensors): tensors.count
    case .optionalTensors(let tensors): tensors.count
    default: 0
    }
  }

  /// The C value; lists are written to `scratch`, which moves on.
  fileprivate func value(scratch: inout UnsafeMutablePointer<Int64>) -> ct_value {
    var value = ct_value()
    switch self {
    case .none: value.tag = ct_tag_none
    case .integer(let integer):
      value.tag = ct_tag_integer
      value.integer = Int64(integer)
    case .real(let real):
      value.tag = ct_tag_real
      value.real = real
    case .boolean(let boolean):
      value.tag = ct_tag_boolean
      value.integer = boolean ? 1 : 0
    case .string(let string):
      value.tag = ct_tag_string
      value.string = UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
    case .device(let device):
      value.tag = ct_tag_device
      value.integer = device.code
    case .generator(let generator):
      value.tag = ct_tag_generator
      value.generator = generator.handle
    case .tensor(let tensor):
      value.tag = ct_tag_tensor
      value.tensor = tensor.handle
    case .integers(let integers):
      value.tag = ct_tag_integers
      value.integers = UnsafePointer(scratch)
      value.count = Int32(integers.count)
      for integer in integers { scratch.append(Int64(integer)) }
    case .reals(let reals):
      value.tag = ct_tag_reals
      value.reals = UnsafeRawPointer(scratch).assumingMemoryBound(to: Double.self)
      value.count = Int32(reals.count)
      for real in reals { scratch.append(Int64(bitPattern: real.bitPattern)) }
    case .tensors(let tensors):
      value.tag = ct_tag_tensors
      value.tensors = UnsafeRawPointer(scratch).assumingMemoryBound(to: OpaquePointer?.self)
      value.count = Int32(tensors.count)
      for tensor in tensors { scratch.append(Int64(Int(bitPattern: tensor.handle))) }
    case .optionalTensors(let tensors):
      value.tag = ct_tag_tensors
      value.tensors = UnsafeRawPointer(scratch).assumingMemoryBound(to: OpaquePointer?.self)
      value.count = Int32(tensors.count)
      for tensor in tensors { scratch.append(tensor.map { Int64(Int(bitPattern: $0.handle)) } ?? 0) }
    }
    return value
  }
}

extension UnsafeMutablePointer<Int64> {
  fileprivate mutating func append(_ element: Int64) {
    initialize(to: element)
    self += 1
  }
}

extension String {
  var trimmingNewlines: String {
    var text = self[...]
    while let last = text.last, last.isNewline { text.removeLast() }
    return String(text)
  }
}
