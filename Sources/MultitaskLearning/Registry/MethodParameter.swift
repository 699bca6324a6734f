import Support

/// A parameter of a method, as a user sets it.
public struct MethodParameter: Sendable {
  /// What values a parameter can have.
  public enum Kind: Sendable {
    /// A finite number within a range.
    case real(ClosedRange<Double>)
    /// A whole number within a range.
    case integer(ClosedRange<Int>)
    /// One of these words.
    case choice([String])
    /// The word true or false.
    case boolean
    /// A finite number within a range for each task, by the task's name.
    case taskNumbers(ClosedRange<Double>)
    /// The name of one of the tasks.
    case task
    /// The name of a method of the given kind.
    case method(MethodKind)
    /// The path of a file or a folder, in a run's configuration relative to the run's folder.
    case file
    /// Names, with commas or spaces between them.
    case names

    /// Whether the parameter names a file or a folder.
    public var isFile: Bool { if case .file = self { true } else { false } }

    var isNumber: Bool {
      switch self {
      case .real, .integer: true
      case .choice, .boolean, .taskNumbers, .task, .method, .file, .names: false
      }
    }
  }

  /// The name by which configurations set the parameter.
  public let name: String
  /// What the parameter does, in a phrase.
  public let summary: String
  /// What values the parameter can have.
  public let kind: Kind
  /// The value where the parameter is left out; nil where the method needs a value or finds one itself.
  public let defaultValue: MethodSetting?

  /// - Parameters:
  ///   - name: of the parameter, by which configurations set it.
  ///   - kind: what values it can have.
  ///   - defaultValue: its value where it is left out; nil where the method needs a value or finds one itself.
  ///   - summary: what it does, in a phrase.
  public init(_ name: String, _ kind: Kind, default defaultValue: MethodSetting?, _ summary: String) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.summary = summary
  }

  /// What a value has to be, for help and errors.
  public var allowed: String {
    switch kind {
    case .real(let range): "a number \(Self.describe(range, isOpen: range.upperBound == .infinity))"
    case .integer(let range): "a whole number \(Self.describe(range, isOpen: range.upperBound == .max))"
    case .choice(let choices): "one of " + choices.joined(separator: ", ")
    case .boolean: "true or false"
    case .taskNumbers(let range):
      "a number \(Self.describe(range, isOpen: range.upperBound == .infinity)) for each task, such as \(Self.example(range))"
    case .task: "the name of a task"
    case .method(let kind): "the name of a \(kind.title)"
    case .file: "a path without control characters"
    case .names: "names with commas or spaces between them"
    }
  }

  func check(_ value: MethodSetting, method: String) throws {
    guard allows(value) else {
      throw MethodError("\(method): '\(name)' is \(excerpt("\(value)")), but has to be \(allowed)")
    }
  }

  /// Finite numbers within the range, one of the words, such numbers by name, or a name.
  func allows(_ value: MethodSetting) -> Bool {
    switch (kind, value) {
    case (.real(let range), .number(let number)): number.isFinite && range.contains(number)
    case (.integer(let range), .number(let number)): Int(exactly: number).map(range.contains) ?? false
    case (.choice(let choices), .text(let text)): choices.contains(text)
    case (.boolean, .text(let text)): ["true", "false"].contains(text)
    case (.taskNumbers(let range), .numbers(let numbers)):
      numbers.values.allSatisfy { $0.isFinite && range.contains($0) }
    // A task or a file may be called by a number.
    case (.task, .text), (.task, .number), (.method, .text), (.file, .number): true
    case (.file, .text(let path)):
      !path.allSatisfy(\.isWhitespace) && !hasControlCharacters(path)
    case (.names, .text(let text)): !text.allSatisfy(\.isWhitespace)
    default: false
    }
  }

  private static func example(_ range: ClosedRange<Double>) -> String {
    let greatest = range.upperBound.isFinite ? range.upperBound : range.lowerBound + 1
    return "{first: \(range.lowerBound), second: \(greatest)}"
  }

  private static func describe<Bound>(_ range: ClosedRange<Bound>, isOpen: Bool) -> String {
    isOpen ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
  }
}
