import Foundation
import Support

/// Every method, by kind. A new one is a file with an `entry`, and a line here.
public enum MethodRegistry {
  public static let weightings: [MethodEntry<any LossWeighting>] = [
    EqualWeighting.entry,
    ManualWeighting.entry,
    UncertaintyWeighting.entry,
    DynamicWeightAverage.entry,
    RandomLossWeighting.entry,
    DynamicTaskPrioritization.entry,
    GradNorm.entry,
    IMTLL.entry,
    FAMO.entry,
    GeometricMean.entry,
  ]

  public static let aggregators: [MethodEntry<any GradientAggregator>] = [
    GradientSum.entry,
    GradientMean.entry,
    PCGrad.entry,
    GradVac.entry,
    GradDrop.entry,
    RandomGradientWeighting.entry,
    MGDA.entry,
    CAGrad.entry,
    NashMTL.entry,
    IMTLG.entry,
    IMTL.entry,
    AlignedMTL.entry,
    CosReg.entry,
    FairGrad.entry,
    UPGrad.entry,
    DualProj.entry,
  ]

  public static let schedules: [MethodEntry<any UpdateSchedule>] = [
    JointSchedule.entry,
    AlternatingSchedule.entry,
    SelectiveGroups.entry,
    ConnectionStrength.entry,
  ]

  public static let adaptations: [MethodEntry<any NetworkAdaptation>] = [
    NoAdaptation.entry,
    TokenModulationAndExpansion.entry,
  ]

  /// Weightings, aggregators, schedules, adaptations.
  public static var allNames: [String] { MethodKind.allCases.flatMap(names) }

  public static func names(of kind: MethodKind) -> [String] {
    switch kind {
    case .weighting: weightings.map(\.name)
    case .aggregator: aggregators.map(\.name)
    case .schedule: schedules.map(\.name)
    case .adaptation: adaptations.map(\.name)
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

  /// - Throws: ``MethodError`` with the nearest name when no method has this one.
  public static func kind(of name: String) throws -> MethodKind {
    guard let kind = MethodKind.allCases.first(where: { names(of: $0).contains(name) }) else {
      throw MethodError(unknownName("method", name, among: allNames))
    }
    return kind
  }

  public static func weighting(_ name: String) throws -> MethodEntry<any LossWeighting> {
    try find(name, in: weightings, kind: .weighting)
  }
  public static func aggregator(_ name: String) throws -> MethodEntry<any GradientAggregator> {
    try find(name, in: aggregators, kind: .aggregator)
  }
  public static func schedule(_ name: String) throws -> MethodEntry<any UpdateSchedule> {
    try find(name, in: schedules, kind: .schedule)
  }
  public static func adaptation(_ name: String) throws -> MethodEntry<any NetworkAdaptation> {
    try find(name, in: adaptations, kind: .adaptation)
  }

  private static func find<Method>(
    _ name: String, in entries: [MethodEntry<Method>], kind: MethodKind
  ) throws -> MethodEntry<Method> {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    if let other = try? self.kind(of: name) {
      throw MethodError(
        "'\(name)' is a kind of \(other.title), not of \(kind.title). There are: \(entries.map(\.name).joined(separator: ", "))"
      )
    }
    throw MethodError(unknownName(kind.title, name, among: entries.map(\.name)))
  }
}
