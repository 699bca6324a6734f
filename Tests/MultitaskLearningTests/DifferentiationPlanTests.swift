import MultitaskLearning
import NeuralNetworks
import Testing

/// The table of routes.
@Suite struct DifferentiationPlanTests {
  private func route(
    _ aggregator: GradientNeed, weighting: GradientNeed = .weightedSum, knowsWeights: Bool = true,
    level: GradientLevel = .parameters, separate: Bool = false, trainsShared: Bool = true
  ) -> DifferentiationPlan.Route {
    DifferentiationPlan(
      DifferentiationPlan.Situation(
        aggregator: aggregator, weighting: weighting, knowsWeights: knowsWeights, level: level,
        features: separate ? .byTask : .shared, trainsShared: trainsShared)
    ).route
  }

  @Test func weightedSumsTakeOnePass() {
    for level in GradientLevel.allCases {
      for separate in [false, true] {
        #expect(route(.weightedSum, level: level, separate: separate) == .joint)
      }
    }
  }

  @Test(arguments: [GradientNeed.gramian, .segments, .elements]) func rowsTakeAPassForEachTask(_ need: GradientNeed) {
    #expect(route(need) == .rows(.parameters))
    #expect(route(need, level: .features) == .rows(.features))
    #expect(route(need, separate: true) == .taskByTask)
    // All graphs are held where the weights wait for the losses.
    #expect(route(need, knowsWeights: false, separate: true) == .rows(.parameters))
  }

  @Test func aWeightingMayNeedRowsToo() {
    #expect(route(.weightedSum, weighting: .gramian) == .rows(.parameters))
    #expect(route(.weightedSum, weighting: .gramian, level: .features) == .rows(.features))
  }

  @Test func regularizersTakeTwoPasses() {
    for level in GradientLevel.allCases { #expect(route(.secondOrder, level: level) == .secondOrder(level)) }
  }

  @Test(arguments: GradientNeed.allCases) func nothingIsCombinedWhereNothingSharedIsTrained(_ need: GradientNeed) {
    #expect(route(need, weighting: .gramian, level: .features, trainsShared: false) == .joint)
  }

  @Test func routesShowWhatTheirGraphsHave() {
    func shown(_ need: GradientNeed, level: GradientLevel = .parameters, separate: Bool = false) -> [GradientLevel] {
      let plan = DifferentiationPlan(
        DifferentiationPlan.Situation(
          aggregator: need, weighting: .weightedSum, knowsWeights: true, level: level,
          features: separate ? .byTask : .shared, trainsShared: true))
      return GradientLevel.allCases.filter(plan.shows)
    }
    #expect(shown(.weightedSum) == [.parameters, .features])
    #expect(shown(.weightedSum, separate: true) == [])
    #expect(shown(.gramian) == [.parameters, .features])
    #expect(shown(.gramian, level: .features) == [.features])
    #expect(shown(.gramian, separate: true) == [.parameters])
    #expect(shown(.secondOrder) == [])
  }
}
