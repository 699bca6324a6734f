import Support

/// The methods of the library: a new one is a file with an `entry`, and a line here.
struct MethodRegistries: Sendable {
  let weightings: Registry<MethodEntry<any LossWeighting>>
  let aggregators: Registry<MethodEntry<any GradientAggregator>>
  let schedules: Registry<MethodEntry<any UpdateSchedule>>
  let adaptations: Registry<MethodEntry<any NetworkAdaptation>>

  init() {
    let names = RegisteredNames()
    weightings = Registry(
      MethodKind.weighting.title,
      [
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
        ExcessMTL.entry,
        SmoothTchebycheff.entry,
        PenaltyBoundaryIntersection.entry,
        COSMOS.entry,
        AutoLambda.entry,
        FORUM.entry,
      ], names: names)
    aggregators = Registry(
      MethodKind.aggregator.title,
      [
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
        ConFIG.entry,
        Krum.entry,
        TrimmedMean.entry,
        ConstantGradientWeighting.entry,
        PCD.entry,
        DBMTL.entry,
        MoCo.entry,
        MoDo.entry,
        SDMGrad.entry,
        WeightSmoothing.entry,
        RotoGrad.entry,
      ], names: names)
    schedules = Registry(
      MethodKind.schedule.title,
      [
        JointSchedule.entry,
        AlternatingSchedule.entry,
        SelectiveGroups.entry,
        ConnectionStrength.entry,
      ], names: names)
    adaptations = Registry(
      MethodKind.adaptation.title,
      [
        NoAdaptation.entry,
        TokenModulationAndExpansion.entry,
      ], names: names)
  }
}
