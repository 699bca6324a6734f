/// One argument of a libtorch operator.
public enum OperatorArgument {
  case none
  case integer(Int)
  case real(Double)
  case boolean(Bool)
  case string(StaticString)
  case integers([Int])
  case reals([Double])
  case tensor(Tensor)
  case tensors([Tensor])
  case optionalTensors([Tensor?])
  case device(Device)
  case generator(RandomGenerator)

  static func optional(_ tensor: Tensor?) -> OperatorArgument { tensor.map(OperatorArgument.tensor) ?? .none }
  static func dtype(_ dtype: DType?) -> OperatorArgument { dtype.map { .integer(Int($0.rawValue)) } ?? .none }
}

extension OperatorArgument: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral
{
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(nilLiteral: ()) { self = .none }
}

extension OperatorArgument: CustomStringConvertible {
  public var description: String {
    switch self {
    case .none: "none"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .string(let value): "'\(value)'"
    case .integers(let values): "\(values)"
    case .reals(let values): "\(values)"
    case .tensor(let tensor): tensor.signature
    case .tensors(let tensors): "[" + tensors.map(\.signature).joined(separator: ", ") + "]"
    case .optionalTensors(let tensors):
      "[" + tensors.map { $0?.signature ?? "none" }.joined(separator: ", ") + "]"
    case .device(let device): "\(device)"
    case .generator: "generator"
    }
  }
}
