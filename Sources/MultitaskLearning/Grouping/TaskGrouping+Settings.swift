extension TaskGrouping {
  private enum Rule: String, CaseIterable {
    case positive
    case affinityPropagation = "affinity-propagation"
  }

  /// As a person sets them.
  public static let parameters = [
    MethodParameter(
      "rule", .choice(Rule.allCases.map(\.rawValue)), default: nil,
      "how groups are formed; positive by the paper, affinity-propagation by its public code"),
    MethodParameter(
      "edge", .choice(Edge.allCases.map(\.rawValue)), default: .text("mutual"), "when two tasks help each other"),
    MethodParameter(
      "closure", .choice(Closure.allCases.map(\.rawValue)), default: .text("cliques"),
      "how pairs become groups: each task, in their order, joins the first group all of whose members it goes with; or all that are connected"
    ),
    MethodParameter(
      "preference", .real(-1e30...1e30), default: nil,
      "of affinity propagation: higher for more groups; the median similarity when left out"),
    MethodParameter(
      "convergence", .integer(1...10_000), default: .number(50), "of affinity propagation: iterations without a change"),
  ]

  /// - Throws: ``MethodError`` for a setting that is unknown or not allowed.
  public init(rule: String, settings: [String: MethodSetting]) throws {
    let all = settings.merging(["rule": .text(rule)]) { $1 }
    self.init(try MethodSettings(all, parameters: Self.parameters, method: "group", tasks: []), convention: .paper)
  }

  init(_ settings: MethodSettings, convention: AffinityMap.Convention) {
    let usual: Rule = convention == .paper ? .positive : .affinityPropagation
    switch settings.optionalText("rule").flatMap(Rule.init) ?? usual {
    case .positive: self = .positive(edge: settings.choice("edge"), closure: settings.choice("closure"))
    case .affinityPropagation:
      self = .affinityPropagation(
        AffinityPropagationSettings(
          preference: settings.optionalNumber("preference"), convergence: settings.integer("convergence")))
    }
  }
}
