import MultitaskLearning
import NeuralNetworks
import Support
import Yams

/// A rule for some of a run's parameters: an entry of `optimizer.groups`.
public struct OptimizerGroupChoice: Sendable, Equatable {
  /// The parameters of the group; those of earlier entries are not among them.
  public var parameters: ParameterSelection
  /// The factor on the run's learning rate, from 0 to 1,000,000; defaults to 1.
  public var learningRateFactor: Double
  /// The weight decay of the group, from 0 to 1; if nil, that of `optimizer.weightDecay`.
  public var weightDecay: Double?
  /// The optimizer of the group; if nil, that of the run.
  public var optimizer: Configuration.OptimizerChoice.Name?
  /// The momentum of the group, from 0 to 1, which needs ``optimizer`` to be sgd; if nil, that of `optimizer.momentum`.
  public var momentum: Double?
  /// Whether the parameters keep their values; defaults to false.
  public var isFrozen: Bool

  /// Creates an entry, by default one that changes nothing. Its values are checked with the rest of the configuration.
  public init(
    _ parameters: ParameterSelection, learningRateFactor: Double = 1, weightDecay: Double? = nil,
    optimizer: Configuration.OptimizerChoice.Name? = nil, momentum: Double? = nil, isFrozen: Bool = false
  ) {
    self.parameters = parameters
    self.learningRateFactor = learningRateFactor
    self.weightDecay = weightDecay
    self.optimizer = optimizer
    self.momentum = momentum
    self.isFrozen = isFrozen
  }

  static let learningRateFactors = 0.0...1_000_000
  static let weightDecays = 0.0...1
  static let momenta = 0.0...1

  /// The group's name for optimizers: that of the network's group, or one that no group of a network has.
  var groupName: String {
    switch parameters {
    case .names(let pattern): "parameters:" + pattern
    case .group(let name): name
    }
  }

  /// What is wrong with the entry; nil if nothing is.
  var complaint: String? {
    let name =
      switch parameters {
      case .names(let pattern): pattern
      case .group(let name): name
      }
    if name.isEmpty || hasControlCharacters(name) { return "\(parameters) cannot be one" }
    let numbers = [
      ("learningRateFactor", learningRateFactor, Self.learningRateFactors),
      ("weightDecay", weightDecay ?? 0, Self.weightDecays), ("momentum", momentum ?? 0, Self.momenta),
    ]
    if let (name, value, range) = numbers.first(where: { !$0.2.contains($0.1) }) {
      return "'\(name)' is \(value), but has to be a number from \(range.lowerBound) to \(range.upperBound)"
    }
    if momentum != nil && optimizer != .sgd { return "'momentum' is that of an own rule: it needs 'optimizer: sgd'" }
    return nil
  }

  /// As YAML on one line, without what is as it is by default.
  var yaml: String {
    var fields =
      switch parameters {
      case .names(let pattern): ["parameters: \(quoted(pattern))"]
      case .group(let name): ["group: \(quoted(name))"]
      }
    if let optimizer { fields.append("optimizer: \(quoted(optimizer.rawValue))") }
    if learningRateFactor != 1 { fields.append("learningRateFactor: \(learningRateFactor)") }
    if let weightDecay { fields.append("weightDecay: \(weightDecay)") }
    if let momentum { fields.append("momentum: \(momentum)") }
    if isFrozen { fields.append("frozen: true") }
    return "{\(fields.joined(separator: ", "))}"
  }
}

extension OptimizerGroupChoice {
  /// What a YAML node lacks to be an entry.
  struct Mistake: Error { let text: String }

  private static let keys = [
    "parameters", "group", "learningRateFactor", "weightDecay", "optimizer", "momentum", "frozen",
  ]

  /// - Throws: ``Mistake``.
  static func list(_ node: Node) throws -> [OptimizerGroupChoice] {
    guard let sequence = node.sequence else { throw Mistake(text: "\(node.briefly) is no list of entries") }
    let choices = try sequence.map { try OptimizerGroupChoice($0) }
    for (index, choice) in choices.enumerated() {
      if choices[..<index].contains(where: { $0.groupName == choice.groupName }) {
        throw Mistake(text: "\(choice.parameters) stands there twice")
      }
    }
    return choices
  }

  /// - Throws: ``Mistake``.
  init(_ node: Node) throws {
    guard let mapping = node.mapping else { throw Mistake(text: "\(node.briefly) is no entry such as {…}") }
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      guard !name.contains(":") else {
        throw Mistake(text: "'\(excerpt(name))' has no space behind its colon, as in {parameters: \"backbone.*\"}")
      }
      guard Self.keys.contains(name) else { throw Mistake(text: unknownName("key", name, among: Self.keys)) }
      values[name] = value
    }
    func value<Value>(_ key: String, _ allowed: String, _ parse: (Node) -> Value?) throws -> Value? {
      guard let node = values[key], !node.isNull else { return nil }
      guard let value = parse(node) else {
        throw Mistake(text: "'\(key)' is \(node.briefly), but has to be \(allowed)")
      }
      return value
    }
    let pattern = try value("parameters", "a pattern of parameters' names, such as \"backbone.*\"", \.scalar?.string)
    let group = try value("group", "the name of one of the network's groups", \.scalar?.string)
    let selections = [pattern.map(ParameterSelection.names), group.map(ParameterSelection.group)].compactMap { $0 }
    guard selections.count == 1 else {
      throw Mistake(text: "an entry has either 'parameters', a pattern of names, or 'group', a group of the network")
    }
    let names = Configuration.OptimizerChoice.Name.allCases.map(\.rawValue)
    self.init(
      selections[0],
      learningRateFactor: try value("learningRateFactor", "a number", \.number) ?? 1,
      weightDecay: try value("weightDecay", "a number", \.number),
      optimizer: try value("optimizer", "one of " + names.joined(separator: ", ")) {
        $0.scalar.flatMap { Configuration.OptimizerChoice.Name(rawValue: $0.string) }
      },
      momentum: try value("momentum", "a number", \.number),
      isFrozen: try value("frozen", "true or false", \.boolean) ?? false)
    if let complaint { throw Mistake(text: complaint) }
  }
}

extension Field<Configuration.OptimizerChoice> {
  static func groups(
    _ name: String, _ path: WritableKeyPath<Section, [OptimizerGroupChoice]>, _ summary: String
  ) -> Field {
    Field(
      name, path, summary, allowed: "a list of groups, such as [{parameters: \"backbone.*\", learningRateFactor: 0.1}]",
      parse: { try? OptimizerGroupChoice.list($0) },
      isAllowed: { choices in
        choices.allSatisfy { $0.complaint == nil } && Set(choices.map(\.groupName)).count == choices.count
      },
      explain: { node in
        do { _ = try OptimizerGroupChoice.list(node) } catch { return (error as? OptimizerGroupChoice.Mistake)?.text }
        return nil
      }
    ) { "[" + $0.map(\.yaml).joined(separator: ", ") + "]" }
  }
}
