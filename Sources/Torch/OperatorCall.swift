import CTorch

/// A call of an operator, as ``observingOperators(_:_:)`` hands it out.
public struct OperatorCall {
  /// The full name in the dispatcher, such as `aten::add.Tensor`.
  public let name: String
  /// What the operator was called with; trailing arguments may be missing.
  public let arguments: [OperatorArgument]
  /// The tensors that it returned, of which the caller may have asked for the first ones only.
  public let results: [Tensor]

  /// The tensors among the arguments, in order.
  public var tensors: [Tensor] {
    arguments.flatMap { argument -> [Tensor] in
      switch argument {
      case .tensor(let tensor): [tensor]
      case .tensors(let tensors): tensors
      case .optionalTensors(let tensors): tensors.compactMap { $0 }
      default: []
      }
    }
  }
}

/// Runs a body, and hands out every operator that it calls, after the call. What libtorch calls by itself, such as the
/// operators of a backward pass, is not seen.
///
/// The observation is that of the thread: do not suspend inside. Where one lies within another, the inner one sees the
/// operators.
///
/// - Parameters:
///   - observe: a function that is called after each operator. Operators that it calls itself are not handed out.
///   - body: what is observed.
public func observingOperators<Result>(
  _ observe: @escaping (OperatorCall) -> Void, _ body: () throws -> Result
) rethrows -> Result {
  let observer = OperatorObserver(observe)
  return try withExtendedLifetime(observer) {
    let previous = ct_set_observer(Unmanaged.passUnretained(observer).toOpaque())
    defer { _ = ct_set_observer(previous) }
    return try body()
  }
}

/// Whether this thread observes operators now.
public var isObservingOperators: Bool { ct_observer() != nil }

/// What a thread remembers while it observes operators.
final class OperatorObserver {
  private let observe: (OperatorCall) -> Void

  init(_ observe: @escaping (OperatorCall) -> Void) { self.observe = observe }

  static func notify(_ observer: UnsafeMutableRawPointer, _ call: OperatorCall) {
    withoutObservation { Unmanaged<OperatorObserver>.fromOpaque(observer).takeUnretainedValue().observe(call) }
  }

  static func withoutObservation<Result>(_ body: () -> Result) -> Result {
    let observer = ct_set_observer(nil)
    defer { _ = ct_set_observer(observer) }
    return body()
  }
}
