import Foundation
import Support

/// Every method, by kind: those of the library, and those that its users add.
///
/// A method of one's own is an entry that is added before configurations are read:
///
///     try MethodRegistry.aggregators.add(UnitGradients.entry)
///
/// Names differ over all four kinds, so that `uw+pcgrad` says a weighting and an aggregator; a second registration of a
/// name is an error.
public enum MethodRegistry {
  /// All four registries, made together: a name is taken from the start, whichever of them is asked for first.
  private static let registries = MethodRegistries()

  /// The loss weightings.
  public static var weightings: Registry<MethodEntry<any LossWeighting>> { registries.weightings }

  /// The gradient aggregators.
  public static var aggregators: Registry<MethodEntry<any GradientAggregator>> { registries.aggregators }

  /// The update schedules.
  public static var schedules: Registry<MethodEntry<any UpdateSchedule>> { registries.schedules }

  /// The network adaptations.
  public static var adaptations: Registry<MethodEntry<any NetworkAdaptation>> { registries.adaptations }

  /// The names of all weightings, then aggregators, schedules and adaptations.
  public static var allNames: [String] { MethodKind.allCases.flatMap(names) }

  /// The names of the methods of one kind.
  public static func names(of kind: MethodKind) -> [String] {
    switch kind {
    case .weighting: weightings.names
    case .aggregator: aggregators.names
    case .schedule: schedules.names
    case .adaptation: adaptations.names
    }
  }

  /// The names in `uw+pcgrad`.
  ///
  /// - Throws: ``MethodError`` where one is missing.
  public static func names(joinedIn text: String) throws -> [String] {
    try text.split(separator: "+", omittingEmptySubsequences: false).map { part in
      let name = part.trimmingCharacters(in: .whitespaces)
      guard !name.isEmpty else {
        throw MethodError("'\(text)': a method is names joined by +, such as uw+pcgrad, and one is missing")
      }
      return name
    }
  }

  /// The kind of the method with a name.
  ///
  /// - Throws: ``MethodError`` with the nearest name when no method has this one.
  public static func kind(of name: String) throws -> MethodKind {
    guard let kind = MethodKind.allCases.first(where: { names(of: $0).contains(name) }) else {
      throw MethodError(unknownName("method", name, among: allNames))
    }
    return kind
  }

  /// The weighting with a name.
  ///
  /// - Throws: ``MethodError`` with the nearest name when no weighting has this one.
  public static func weighting(_ name: String) throws -> MethodEntry<any LossWeighting> {
    try find(name, in: weightings, kind: .weighting)
  }

  /// The aggregator with a name.
  ///
  /// - Throws: ``MethodError`` with the nearest name when no aggregator has this one.
  public static func aggregator(_ name: String) throws -> MethodEntry<any GradientAggregator> {
    try find(name, in: aggregators, kind: .aggregator)
  }

  /// The schedule with a name.
  ///
  /// - Throws: ``MethodError`` with the nearest name when no schedule has this one.
  public static func schedule(_ name: String) throws -> MethodEntry<any UpdateSchedule> {
    try find(name, in: schedules, kind: .schedule)
  }

  /// The adaptation with a name.
  ///
  /// - Throws: ``MethodError`` with the nearest name when no adaptation has this one.
  public static func adaptation(_ name: String) throws -> MethodEntry<any NetworkAdaptation> {
    try find(name, in: adaptations, kind: .adaptation)
  }

  private static func find<Method>(
    _ name: String, in registry: Registry<MethodEntry<Method>>, kind: MethodKind
  ) throws -> MethodEntry<Method> {
    if let entry = registry.entry(name) { return entry }
    if let other = try? self.kind(of: name) {
      throw MethodError(
        "'\(name)' is a kind of \(other.title), not of \(kind.title). There are: \(registry.names.joined(separator: ", "))"
      )
    }
    throw MethodError(unknownName(kind.title, name, among: registry.names))
  }
}
