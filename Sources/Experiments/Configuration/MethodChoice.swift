import MultitaskLearning
import Yams

/// A method by name, with the parameters that differ from their defaults.
public struct MethodChoice: Sendable, Equatable {
  /// The name of the method, as its registry knows it.
  public var name: String
  /// The parameters by name; those that are missing keep their defaults.
  public var settings: [String: MethodSetting]

  /// Creates a choice. The name and the parameters are checked when the method is made.
  public init(_ name: String, settings: [String: MethodSetting] = [:]) {
    self.name = name
    self.settings = settings
  }

  init?(_ node: Node) {
    if let name = node.scalar?.string {
      self.init(name)
      return
    }
    guard let mapping = node.mapping, let name = mapping["name"]?.scalar?.string else { return nil }
    var settings: [String: MethodSetting] = [:]
    for (key, value) in mapping {
      guard let key = key.scalar?.string else { return nil }
      if key == "name" { continue }
      guard let setting = MethodSetting(value) else { return nil }
      settings[key] = setting
    }
    self.init(name, settings: settings)
  }

  var yaml: String {
    guard !settings.isEmpty else { return quoted(name) }
    let fields = settings.sorted { $0.key < $1.key }.map { "\(quoted($0)): \($1.yaml)" }
    return "{name: \(quoted(name)), \(fields.joined(separator: ", "))}"
  }
}

extension MethodChoice: ExpressibleByStringLiteral {
  /// Creates the choice of a method of this name, with its defaults.
  public init(stringLiteral name: String) { self.init(name) }
}

extension MethodSetting {
  fileprivate init?(_ node: Node) {
    if let mapping = node.mapping {
      var numbers: [String: Double] = [:]
      for (key, value) in mapping {
        guard let key = key.scalar?.string, let number = value.number else { return nil }
        numbers[key] = number
      }
      self = .numbers(numbers)
    } else if let scalar = node.scalar, scalar.isPlain, let number = node.number {
      self = .number(number)
    } else if let text = node.scalar?.string {
      self = .text(text)
    } else {
      return nil
    }
  }

  fileprivate var yaml: String {
    switch self {
    case .number(let number): "\(number)"
    case .text(let text): quoted(text)
    case .numbers(let numbers):
      "{" + numbers.sorted { $0.key < $1.key }.map { "\(quoted($0)): \($1)" }.joined(separator: ", ") + "}"
    }
  }
}
