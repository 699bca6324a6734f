import NeuralNetworks
import Torch

/// The gradient of one update: plans, takes the parts of the batch along the plan's route, and tells what was seen.
struct Differentiation {
  private let update: MultitaskUpdate
  private let tasks: [Int]
  private let others: [Int]
  private let plan: DifferentiationPlan
  private var route: any DifferentiationRoute
  private var look: GradientLook?
  private var losses: [Double?]

  /// - Parameters:
  ///   - tasks: whose losses are differentiated; all of them are present.
  ///   - others: whose losses are only wanted as numbers.
  ///   - estimates: losses of tasks that are in neither list, for weightings that look at all of them.
  /// - Throws: ``MethodError`` if the route does not fit the parts of the batch.
  init(_ update: MultitaskUpdate, _ tasks: [Int], others: [Int], estimates: [Double?]) throws {
    self.update = update
    self.tasks = tasks
    self.others = others
    plan = update.plan
    let writer = GradientWriter(update, tasks)
    let partCount = update.objectives.count
    route =
      switch plan.route {
      case .joint: JointRoute(writer: writer, level: update.level)
      case .rows(.parameters), .taskByTask: ParameterRowsRoute(writer: writer)
      case .rows(.features): FeatureRowsRoute(writer: writer, partCount: partCount)
      case .independentBatches: try IndependentBatchesRoute(writer: writer)
      case .secondOrder(let level): SecondOrderRoute(writer: writer, level: level, partCount: partCount)
      }
    look = update.look
    losses = estimates
    for task in tasks + others { losses[task] = 0 }
  }

  /// Differentiates the losses of all parts of the batch, and combines the tasks' gradients.
  ///
  /// - Returns: the losses and weights of all tasks, and what was seen.
  /// - Throws: ``NonFiniteError`` naming a task, ``MethodError``.
  mutating func run() throws -> StepReport {
    var weights = try update.knownWeights(tasks, others, losses)
    for (part, objective) in update.objectives.enumerated() {
      if plan.route == .taskByTask {
        try addTaskByTask(objective, part, weights!)
      } else {
        weights = try addTogether(objective, part, weights)
      }
    }
    let counted = losses.indices.map { task in losses[task] == nil ? 0 : weights?[task] ?? 0 }
    var report = StepReport(losses: losses, lossWeights: counted)
    report.gramian = try route.finish(losses: tasks.map { losses[$0]! }, look: &look)
    report.diagnostics = look?.diagnostics()
    return report
  }

  private mutating func addTogether(
    _ objective: any MultitaskObjective, _ part: Int, _ known: [Double]?
  ) throws -> [Double] {
    let (tasks, others) = (update.shares.tasks(tasks, in: part), update.shares.tasks(others, in: part))
    guard !tasks.isEmpty else {
      note(try ForwardPass.values(of: others, objective), others, part)
      return known!
    }
    try update.checkReach(of: tasks, in: objective)
    let pass = try forward(objective, tasks, others: others)
    try update.checkReach(of: pass)
    note(pass.values, tasks + others, part)
    let weights = try known ?? update.weights(for: losses)
    try route.add(pass, scales(weights, tasks, part), part: part, look: &look)
    return weights
  }

  private func forward(_ objective: any MultitaskObjective, _ tasks: [Int], others: [Int]) throws -> ForwardPass {
    guard case .secondOrder = plan.route else {
      return try ForwardPass(objective, tasks, others: others, graph: route.graph)
    }
    return try withDifferentiableAttention {
      try ForwardPass(objective, tasks, others: others, graph: route.graph)
    }
  }

  /// Each forward pass is followed by its backward pass, so that one graph at a time is kept.
  private mutating func addTaskByTask(
    _ objective: any MultitaskObjective, _ part: Int, _ weights: [Double]
  ) throws {
    for task in update.shares.tasks(tasks, in: part) {
      let pass = try ForwardPass(objective, [task], graph: .perTask)
      try update.checkReach(of: pass)
      note(pass.values, [task], part)
      try route.add(pass, scales(weights, [task], part), part: part, look: &look)
    }
    let others = update.shares.tasks(others, in: part)
    note(try ForwardPass.values(of: others, objective), others, part)
  }

  private func scales(_ weights: [Double], _ tasks: [Int], _ part: Int) -> [Double] {
    tasks.map { (update.partWeights?[part][$0] ?? weights[$0]) * update.shares[part, $0] }
  }

  private mutating func note(_ values: [Double], _ tasks: [Int], _ part: Int) {
    for (task, value) in zip(tasks, values) { losses[task]! += value * update.shares[part, task] }
  }
}
