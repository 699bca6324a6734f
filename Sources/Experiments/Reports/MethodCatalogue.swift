import MultitaskLearning

/// The registry as text.
public enum MethodCatalogue {
  /// All methods, a line each.
  public static var overview: String {
    [
      section("Loss weightings: how much does each loss count?", MethodRegistry.weightings.entries),
      section("Gradient aggregators: how do the tasks' gradients become one?", MethodRegistry.aggregators.entries),
      section("Update schedules: which tasks update when?", MethodRegistry.schedules.entries),
      section("Network adaptations: how does the network change while it trains?", MethodRegistry.adaptations.entries),
    ].joined(separator: "\n\n")
  }

  /// A method, or each part of one such as `uw+pcgrad`: what it does, where it comes from, its parameters.
  ///
  /// - Throws: ``MethodError`` with the nearest name when there is no such method.
  public static func description(of method: String) throws -> String {
    try MethodRegistry.names(joinedIn: method).map(partDescription).joined(separator: "\n\n")
  }

  private static func partDescription(_ name: String) throws -> String {
    switch try MethodRegistry.kind(of: name) {
    case .weighting: describe(try MethodRegistry.weighting(name), .weighting)
    case .aggregator: describe(try MethodRegistry.aggregator(name), .aggregator)
    case .schedule: describe(try MethodRegistry.schedule(name), .schedule)
    case .adaptation: describe(try MethodRegistry.adaptation(name), .adaptation)
    }
  }

  private static func section<Method>(_ title: String, _ entries: [MethodEntry<Method>]) -> String {
    let width = entries.map(\.name.count).max() ?? 0
    let lines = entries.map { entry in
      "  \(entry.name)\(String(repeating: " ", count: width - entry.name.count))  \(entry.summary)"
    }
    return ([title] + lines).joined(separator: "\n")
  }

  private static func describe<Method>(_ entry: MethodEntry<Method>, _ kind: MethodKind) -> String {
    var lines = ["\(entry.name) (\(kind.title))", "  \(entry.summary)", "  paper: \(entry.paper)"]
    lines.append(entry.parameters.isEmpty ? "  no parameters" : "  parameters:")
    for parameter in entry.parameters {
      let standard = parameter.defaultValue.map { "default \($0)" } ?? "may be left out"
      lines.append("    \(parameter.name): \(parameter.summary); \(parameter.allowed); \(standard)")
    }
    if let first = entry.parameters.first {
      lines.append(
        "  set one by --set method.\(kind).\(first.name)=…, or in a file: method: {\(kind): {name: \(entry.name), \(first.name): …}}"
      )
    }
    return lines.joined(separator: "\n")
  }
}
