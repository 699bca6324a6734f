import Support

/// Checked values for all of a method's parameters, and the tasks it is for.
///
/// A method's entry asks for each parameter as the kind that it declares. Asking for another kind, or for a parameter
/// that the entry does not declare, is a programming error, and stops with the names of both.
public struct MethodSettings: Sendable {
  /// The names of the tasks that the method is for, in the network's order.
  public let tasks: [String]
  /// The number of steps of the training; nil where it is not known.
  public let totalSteps: Int?
  let method: String
  private let parameters: [MethodParameter]
  private let values: [String: MethodSetting]
  private let given: Set<String>

  /// - Throws: ``MethodError`` for an unknown parameter (with the nearest name) or a value that is not allowed.
  package init(
    _ given: [String: MethodSetting], parameters: [MethodParameter], method: String, tasks: [String],
    totalSteps: Int? = nil
  ) throws {
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        throw MethodError(
          parameters.isEmpty
            ? "\(method) has no parameter '\(excerpt(name))', nor any other"
            : unknownName("parameter of \(method)", name, among: parameters.map(\.name)))
      }
      try parameter.check(value, method: method)
      if case .numbers(let numbers) = value, let unknown = numbers.keys.sorted().first(where: { !tasks.contains($0) }) {
        throw MethodError(
          "\(method): '\(name)' has a number for a task that is not there: "
            + unknownName("task", unknown, among: tasks))
      }
    }
    let defaults = parameters.compactMap { parameter in parameter.defaultValue.map { (parameter.name, $0) } }
    values = Dictionary(defaults) { $1 }.merging(given) { $1 }
    self.given = Set(given.keys)
    self.parameters = parameters
    self.tasks = tasks
    self.method = method
    self.totalSteps = totalSteps
  }

  /// Refuses a single task, for a method that is about how tasks relate.
  ///
  /// - Throws: ``MethodError`` if there is a single task.
  public func requireSeveralTasks() throws {
    guard tasks.count > 1 else {
      throw MethodError("\(method) is about several tasks, but there is one: \(tasks.joined())")
    }
  }

  /// Whether a parameter was set, if only to its default: one that has no effect beside another may be refused.
  public func isGiven(_ name: String) -> Bool { given.contains(name) }

  /// The value of a number, real or whole.
  public func number(_ name: String) -> Double { present(optionalNumber(name), name) }

  /// The value of a whole number.
  public func integer(_ name: String) -> Int { present(optionalInteger(name), name) }

  /// The value of a choice, as a type that has all of its words.
  public func choice<Choice: RawRepresentable<String>>(_ name: String, of: Choice.Type = Choice.self) -> Choice {
    let text = present(optionalText(name), name)
    guard let choice = Choice(rawValue: text) else {
      fatalError("\(method): the parameter '\(name)' allows '\(text)', which \(Choice.self) does not have")
    }
    return choice
  }

  /// The value of a parameter that is true or false.
  public func boolean(_ name: String) -> Bool {
    guard case .text(let text)? = value(name, is: { if case .boolean = $0 { true } else { false } }, "true or false")
    else { return present(nil, name) }
    return text == "true"
  }

  /// The value of a number that has no default; nil where it was left out.
  public func optionalNumber(_ name: String) -> Double? {
    guard case .number(let number)? = value(name, is: \.isNumber, "a number") else { return nil }
    return number
  }

  /// As ``optionalNumber(_:)``, of a whole number.
  public func optionalInteger(_ name: String) -> Int? {
    let setting = value(name, is: { if case .integer = $0 { true } else { false } }, "a whole number")
    guard case .number(let number)? = setting else { return nil }
    return Int(exactly: number)
  }

  /// As ``optionalNumber(_:)``, of a choice.
  public func optionalText(_ name: String) -> String? {
    let setting = value(name, is: { if case .choice = $0 { true } else { false } }, "a choice")
    guard case .text(let text)? = setting else { return nil }
    return text
  }

  /// As ``optionalNumber(_:)``, of a number for each task, by the task's name. A task may be left out.
  public func taskNumbers(_ name: String) -> [String: Double]? {
    let setting = value(name, is: { if case .taskNumbers = $0 { true } else { false } }, "a number for each task")
    guard case .numbers(let numbers)? = setting else { return nil }
    return numbers
  }

  /// The position of the task that a parameter names; nil where it was left out.
  ///
  /// - Throws: ``MethodError`` with the nearest name where no task has this one.
  public func optionalTask(_ name: String) throws -> Int? {
    let setting = value(name, is: { if case .task = $0 { true } else { false } }, "the name of a task")
    guard let task = setting?.description else { return nil }
    guard let position = tasks.firstIndex(of: task) else {
      throw MethodError(
        "\(method): '\(name)' names a task that is not there: " + unknownName("task", task, among: tasks))
    }
    return position
  }

  /// The name of a method; nil where it was left out. Whether there is such a method is not known yet.
  public func optionalMethodName(_ name: String) -> String? {
    let setting = value(name, is: { if case .method = $0 { true } else { false } }, "the name of a method")
    guard case .text(let text)? = setting else { return nil }
    return text
  }

  /// The path of a file or a folder; nil where it was left out. Whether there is such a file is not known yet.
  public func optionalFile(_ name: String) -> String? {
    value(name, is: \.isFile, "a path")?.description
  }

  /// Some names, one at least; nil where they were left out.
  public func optionalNames(_ name: String) -> [String]? {
    value(name, is: { if case .names = $0 { true } else { false } }, "names")?.description
      .split { $0 == "," || $0.isWhitespace }.map(String.init)
  }

  /// The value of a parameter that is declared as what it is asked for.
  private func value(
    _ name: String, is fits: (MethodParameter.Kind) -> Bool, _ wanted: String
  ) -> MethodSetting? {
    guard let parameter = parameters.first(where: { $0.name == name }) else {
      fatalError("\(method): the parameter '\(name)' is asked for, but its entry does not declare it")
    }
    require(
      fits(parameter.kind),
      "\(method): the parameter '\(name)' is asked for as \(wanted), but declared as \(parameter.allowed)")
    return values[name]
  }

  private func present<Value>(_ value: Value?, _ name: String) -> Value {
    guard let value else {
      fatalError(
        "\(method): the parameter '\(name)' has no default, so that it may be missing: ask for an optional value")
    }
    return value
  }
}
