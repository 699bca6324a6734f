import MultitaskLearning

/// The registry of methods as text.
public enum MethodCatalogue {
  /// A list of all methods, with a line for each.
  public static var overview: String {
    [
      section("Loss weightings: how much does each loss count?", MethodRegistry.weightings.entries),
      section("Gradient aggregators: how do the tasks' gradients become one?", MethodRegistry.aggregators.entries),
      section("Update schedules: which tasks update when?", MethodRegistry.schedules.entries),
      section("Network adaptations: how does the network change while it trains?", MethodRegistry.adaptations.entries),
    ].joined(separator: "\n\n")
  }

  /// Returns the description of a method, or of each part of one such as `uw+pcgrad`: what it does, where it comes
  /// from, its parameters.
  ///
  /// - Throws: `MethodError` with the nearest name when there is no such method.
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
    CatalogueText.section(title, entries.map { ($0.name, $0.summary) })
  }

  private static func describe<Method>(_ entry: MethodEntry<Method>, _ kind: MethodKind) -> String {
    CatalogueText.description(of: entry, kind: kind.title, field: "method.\(kind)")
  }
}
