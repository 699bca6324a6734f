/// One argument of a libtorch operator. Literals of numbers, booleans and `nil` are arguments, too.
public enum OperatorArgument {
  /// The absence of an optional argument.
  case none
  /// A whole number; also the code of a dtype.
  case integer(Int)
  /// A real number.
  case real(Double)
  /// A truth value.
  case boolean(Bool)
  /// A text.
  case string(StaticString)
  /// A list of whole numbers, such as a shape.
  case integers([Int])
  /// A list of real numbers.
  case reals([Double])
  /// A tensor.
  case tensor(Tensor)
  /// A list of tensors.
  case tensors([Tensor])
  /// A list of tensors of which some may be absent.
  case optionalTensors([Tensor?])
  /// A device.
  case device(Device)
  /// A source of random numbers.
  case generator(RandomGenerator)

  static func optional(_ tensor: Tensor?) -> OperatorArgument { tensor.map(OperatorArgument.tensor) ?? .none }
  static func dtype(_ dtype: DType?) -> OperatorArgument { dtype.map { .integer(Int($0.rawValue)) } ?? .none }
}

extension OperatorArgument: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral
{
  /// Creates the argument ``integer(_:)``.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// Creates the argument ``real(_:)``.
  public init(floatLiteral value: Double) { self = .real(value) }
  /// Creates the argument ``boolean(_:)``.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// Creates the argument ``none``.
  public init(nilLiteral: ()) { self = .none }
}

extension OperatorArgument: CustomStringConvertible {
  /// The argument for error messages, in which a tensor is its dtype and shape.
  public var description: String {
    switch self {
    case .none: "nil"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .string(let value): "'\(value)'"
    case .integers(let values): "\(values)"
    case .reals(let values): "\(values)"
    case .tensor(let tensor): tensor.signature
    case .tensors(let tensors): "[" + tensors.map(\.signature).joined(separator: ", ") + "]"
    case .optionalTensors(let tensors):
      "[" + tensors.map { $0?.signature ?? "nil" }.joined(separator: ", ") + "]"
    case .device(let device): "\(device)"
    case .generator: "generator"
    }
  }
}
