// Looks at the tasks' gradients for the report.
extension MultitaskUpdate {
  /// Lets the step's passes show the tasks' gradients, or looks at them beforehand where the passes do not show them.
  ///
  /// - Parameters:
  ///   - level: where the gradients are looked at.
  ///   - seesLayers: whether each layer is looked at, too.
  ///   - isJoint: whether the schedule differentiates all tasks at once.
  /// - Returns: what was seen beforehand.
  func prepareLook(at level: GradientLevel, seeingLayers seesLayers: Bool, isJoint: Bool) throws -> GradientDiagnostics?
  {
    guard shares.isComplete, tasks.count > 1, !sharedVector.trainedParameters.isEmpty else { return nil }
    let look = GradientLook(
      at: level, seeingLayers: seesLayers, sharedVector, partCount: objectives.count)
    guard isJoint, plan.shows(level) else { return try probe.run { try seen(by: look) } }
    self.look = look
    return nil
  }

  /// A pass of its own for each part of the batch; the method does not change.
  private func seen(by look: GradientLook) throws -> GradientDiagnostics? {
    var (look, weighting, generator) = (look, weighting, generator)
    var known: [Double?] = tasks.map { _ in 0 }
    if weighting.weighsByLosses {
      for (task, loss) in zip(presentTasks, try losses(of: presentTasks)) { known[task] = loss }
    }
    let weights = scaled(try weighting.weights(for: known, using: &generator), of: presentTasks)
    for (part, objective) in objectives.enumerated() {
      // Where tasks have graphs of their own, one at a time is kept.
      let groups = objective.featureKind == .byTask ? presentTasks.map { [$0] } : [presentTasks]
      for group in groups {
        let pass = try ForwardPass(objective, group, graph: .perTask)
        try look.add(pass, group.map { weights[$0] * shares[part, $0] })
      }
    }
    return look.diagnostics()
  }
}
