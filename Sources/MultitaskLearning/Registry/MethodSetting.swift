/// The value of a method's parameter.
public enum MethodSetting: Sendable, Equatable, CustomStringConvertible {
  /// A number, real or whole.
  case number(Double)
  /// A word.
  case text(String)
  /// A number for each task, by the task's name.
  case numbers([String: Double])

  /// Reads what a person typed: a number, `depth:1,edges:50`, or a word.
  public init(parsing text: String) {
    if let number = Double(text) {
      self = .number(number)
      return
    }
    var list = text.filter { !$0.isWhitespace }[...]
    if list.hasPrefix("{") && list.hasSuffix("}") { list = list.dropFirst().dropLast() }
    let pairs = list.split(separator: ",").map { $0.split(separator: ":", maxSplits: 1) }
    if !pairs.isEmpty, pairs.allSatisfy({ $0.count == 2 && Double($0[1]) != nil }) {
      self = .numbers(Dictionary(pairs.map { (String($0[0]), Double($0[1])!) }) { $1 })
      return
    }
    self = .text(text)
  }

  /// The value as a user types it.
  public var description: String {
    switch self {
    case .number(let number): Self.format(number)
    case .text(let text): text
    case .numbers(let numbers):
      "{" + numbers.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ") + "}"
    }
  }

  /// Whole numbers without a point, as far as a `Double` tells them apart.
  private static func format(_ number: Double) -> String {
    guard abs(number) < 1e15, let whole = Int(exactly: number) else { return "\(number)" }
    return "\(whole)"
  }
}
