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

  /// Weightings, aggregators, schedules.
  public static var allNames: [String] {
    weightings.map(\.name) + aggregators.map(\.name) + schedules.map(\.name)
  }

  public static func weighting(_ name: String) throws -> MethodEntry<any LossWeighting> {
    try find(name, in: weightings, kind: "loss weighting")
  }
  public static func aggregator(_ name: String) throws -> MethodEntry<any GradientAggregator> {
    try find(name, in: aggregators, kind: "gradient aggregator")
  }
  public static func schedule(_ name: String) throws -> MethodEntry<any UpdateSchedule> {
    try find(name, in: schedules, kind: "update schedule")
  }

  private static func find<Method>(
    _ name: String, in entries: [MethodEntry<Method>], kind: String
  ) throws -> MethodEntry<Method> {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw MethodError(unknownName(kind, name, among: entries.map(\.name)))
    }
    return entry
  }
}
