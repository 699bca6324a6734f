/// Checked values for all of a method's parameters, and the tasks it is for.
public struct MethodSettings: Sendable {
  public let tasks: [String]
  /// Of the training, where it is known.
  public let totalSteps: Int?
  private let values: [String: MethodSetting]

  /// - Throws: ``MethodError`` for an unknown parameter (with the nearest name) or a value that is not allowed.
  init(
    _ given: [String: MethodSetting], parameters: [MethodParameter], method: String, tasks: [String],
    totalSteps: Int? = nil
  ) throws {
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        throw MethodError(
          parameters.isEmpty
            ? "\(method) has no parameter '\(name)': it has none"
            : unknownName("parameter of \(method)", name, among: parameters.map(\.name)))
      }
      try parameter.check(value, method: method)
      if case .numbers(let numbers) = value, let unknown = numbers.keys.sorted().first(where: { !tasks.contains($0) }) {
        throw MethodError(
          "\(method): '\(name)' has a number for '\(unknown)': " + unknownName("task", unknown, among: tasks))
      }
    }
    let defaults = parameters.compactMap { parameter in parameter.defaultValue.map { (parameter.name, $0) } }
    values = Dictionary(uniqueKeysWithValues: defaults).merging(given) { $1 }
    self.tasks = tasks
    self.method = method
    self.totalSteps = totalSteps
  }

  let method: String

  /// - Throws: ``MethodError`` for a single task, where a method is about how tasks relate.
  func requireSeveralTasks() throws {
    guard tasks.count > 1 else {
      throw MethodError("\(method) is about several tasks, but there is one: \(tasks.joined())")
    }
  }

  // The parameters were checked against their kinds: a wrong kind here is an error of the method's file.
  public func number(_ name: String) -> Double {
    guard case .number(let number)? = values[name] else { preconditionFailure("no number '\(name)'") }
    return number
  }
  public func integer(_ name: String) -> Int { Int(number(name)) }
  public func choice<Choice: RawRepresentable<String>>(_ name: String, of: Choice.Type = Choice.self) -> Choice {
    guard case .text(let text)? = values[name], let choice = Choice(rawValue: text) else {
      preconditionFailure("no choice '\(name)'")
    }
    return choice
  }
  public func boolean(_ name: String) -> Bool { optionalText(name) == "true" }
  /// Of a parameter without a default; none where nobody gave it.
  public func optionalNumber(_ name: String) -> Double? {
    guard case .number(let number)? = values[name] else { return nil }
    return number
  }
  /// As ``optionalNumber(_:)``, for a choice.
  public func optionalText(_ name: String) -> String? {
    guard case .text(let text)? = values[name] else { return nil }
    return text
  }
  public func taskNumbers(_ name: String) -> [String: Double]? {
    guard case .numbers(let numbers)? = values[name] else { return nil }
    return numbers
  }
}

/// `unknown KIND 'x': did you mean 'y'? There are a, b, c`.
public func unknownName(_ kind: String, _ name: String, among names: [String]) -> String {
  let suggestion = nearestName(name, among: names).map { " Did you mean '\($0)'?" } ?? ""
  return "unknown \(kind) '\(name)'.\(suggestion) There are: \(names.joined(separator: ", "))"
}

/// The name that takes the fewest changes of letters; none where that would be a different word.
public func nearestName(_ name: String, among names: [String]) -> String? {
  // Of equally near ones, one that goes on as the name began.
  let nearest = names.map { (name: $0, distance: editDistance(name, $0), isOther: !$0.hasPrefix(name)) }
    .min { ($0.distance, $0.isOther ? 1 : 0) < ($1.distance, $1.isOther ? 1 : 0) }
  guard let nearest, nearest.distance <= max(2, name.count / 3) else { return nil }
  return nearest.name
}

/// The number of letters to change, insert or remove (Levenshtein).
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let cost = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
