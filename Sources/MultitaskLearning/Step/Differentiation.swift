import NeuralNetworks
import Torch

/// The backward passes of one step: from the losses of each part of the batch to one gradient in the workspace.
struct Differentiation {
  private let update: MultitaskUpdate
  private let tasks: [Int]
  private let others: [Int]
  private let shared: ParameterVector
  private var report: StepReport
  private var partCount = 0
  /// Of the features of all parts so far, side by side.
  private var featureGramian: Gramian?
  private var featureModules: [(name: String, gramian: Gramian)] = []
  private var entropy: Double?

  /// Losses of all tasks, where they are not computed.
  private let estimates: [Double]

  init(_ update: MultitaskUpdate, _ tasks: [Int], others: [Int], estimates: [Double]?) {
    self.update = update
    self.tasks = tasks
    self.others = others
    shared = update.sharedVector
    let zeros = [Double](repeating: 0, count: update.tasks.count)
    self.estimates = estimates ?? zeros
    report = StepReport(losses: zeros, lossWeights: zeros)
  }

  /// Of the tasks that are differentiated, in their order.
  private var ownLosses: [Double] { tasks.map { report.losses[$0] } }

  private var share: Double { 1 / Double(update.objectives.count) }
  private var writing: GradientTarget.Writing { partCount == 0 ? .write : .add }

  /// A constant weight gives the same direction at either level: then the level that is looked at is as good.
  private var combinationLevel: GradientLevel {
    methodNeedsEachGradient ? update.level : update.observation ?? .parameters
  }
  private var methodNeedsEachGradient: Bool { update.aggregator.needsEachGradient(with: update.weighting) }
  private var needsEachGradient: Bool {
    methodNeedsEachGradient || update.observation != nil
  }

  /// Differentiates the losses of one part of the batch.
  mutating func add(_ objective: any MultitaskObjective) throws {
    let regularizer = update.aggregator as? any RegularizesGradients
    let needsFeatures = combinationLevel == .features || (update.observation == .features && regularizer == nil)
    let isApart = needsEachGradient && objective.featuresDependOnTask
    if isApart && regularizer == nil && !needsFeatures && !update.weighting.weighsByLosses {
      return try addOneByOne(objective)
    }
    let isCut = needsFeatures || (update.observation != nil && regularizer == nil)
    let pass =
      regularizer == nil
      ? try ForwardPass(objective, tasks, others: others, isCut: isCut, isApart: needsEachGradient)
      : try withDifferentiableAttention {
        try ForwardPass(objective, tasks, others: others, isCut: isCut, isApart: true)
      }
    if needsFeatures && pass.leaves == nil {
      throw MethodError("gradients at the shared features are wanted, but the network has no shared features")
    }
    var losses = estimates
    for (task, value) in zip(tasks + others, pass.values) { losses[task] = value }
    let weights = try update.weighting.weights(for: losses, using: &update.generator)
    note(losses, weights)
    let scales = tasks.map { weights[$0] * share }
    if let regularizer {
      try differentiateTwice(pass, scales, regularizer)
    } else if needsEachGradient {
      try differentiateEach(pass, scales, losses: losses)
    } else {
      differentiateTogether(pass, scales)
    }
    partCount += 1
  }

  private mutating func note(_ losses: [Double], _ weights: [Double]) {
    for task in losses.indices {
      report.losses[task] += losses[task] * share
      report.lossWeights[task] += weights[task] * share
    }
  }

  /// Tasks that share no features: each forward pass is followed by its backward pass, so that one graph at a time is kept.
  private mutating func addOneByOne(_ objective: any MultitaskObjective) throws {
    var losses = estimates
    let weights = try update.weighting.weights(for: losses, using: &update.generator)
    let leaves = shared.parameters.map(\.value)
    var written: Set<Owner> = []
    let rows = parameterRows.views
    for (index, task) in tasks.enumerated() {
      let pass = try ForwardPass(objective, [task], others: [], isCut: false, isApart: true)
      losses[task] = pass.values[0]
      let targets = zip(leaves, rows[index]).map { GradientTarget($0, into: $1, writing) }
      differentiate(pass.losses[0], of: task, weights[task] * share, to: targets, &written)
    }
    if !others.isEmpty {
      for (task, value) in zip(others, try ForwardPass.values(of: others, objective)) { losses[task] = value }
    }
    note(losses, weights)
    partCount += 1
  }

  /// Combines what the parts have left, and tells what was seen.
  mutating func finish() throws -> StepReport {
    let hasRows = needsEachGradient && !(update.aggregator is any RegularizesGradients)
    let gradient = update.workspace.gradient(of: shared).flat
    if hasRows && combinationLevel == .parameters {
      report.gramian = try combine(parameterRows.gradients, losses: ownLosses, into: gradient)
    } else if !hasRows, let constant = update.aggregator as? any ConstantWeighting {
      let factor = constant.weight(taskCount: tasks.count)
      if factor != 1 { gradient.multiply(inPlace: factor) }
    }
    if combinationLevel == .features { report.gramian = featureGramian }
    report.diagnostics = diagnostics
    return report
  }

  /// A regularizer is looked at where it works: its graph is needed whole.
  private var observedLevel: GradientLevel? {
    update.aggregator is any RegularizesGradients ? update.observation.map { _ in update.level } : update.observation
  }

  private var diagnostics: GradientDiagnostics? {
    if update.aggregator is any RegularizesGradients && update.objectives.count > 1 { return nil }
    switch observedLevel {
    case nil: return nil
    case .features:
      return featureGramian.map {
        GradientDiagnostics(level: .features, gramian: $0, modules: featureModules, featureEntropy: entropy)
      }
    case .parameters:
      return diagnostics(of: parameterRows.gradients)
    }
  }

  private func diagnostics(of gradients: DenseTaskGradients) -> GradientDiagnostics {
    let modules = gradients.moduleGramians
    return GradientDiagnostics(
      level: .parameters, gramian: gradients.gramian, modules: modules, featureEntropy: entropy)
  }

  private var parameterRows: TaskRows { update.workspace.rows(of: shared, taskCount: tasks.count) }

  // MARK: One pass for all tasks

  /// The weighted sum's gradient, which the aggregator's constant multiplies afterwards: tasks' own parameters
  /// follow their own weighted loss without it.
  private func differentiateTogether(_ pass: ForwardPass, _ scales: [Double]) {
    let targets = update.vectors(reachedBy: tasks).flatMap { self.targets(in: $0, writing) }
    writeGradients(of: pass.losses, to: targets, seeds: zip(pass.losses, scales).map { seed($1, like: $0) })
  }

  // MARK: One pass for each task

  /// The part that is shared goes into the task's row of G, the rest to the owners that it reaches.
  ///
  /// - Parameter losses: of all tasks on this part.
  private mutating func differentiateEach(_ pass: ForwardPass, _ scales: [Double], losses: [Double]) throws {
    let featureRows = pass.leaves.map { update.workspace.rows(of: $0, taskCount: tasks.count) }
    differentiateLosses(pass, scales, featureRows)
    guard let featureRows else { return }
    let wantsParameterRows = combinationLevel == .parameters || update.observation == .parameters
    if wantsParameterRows { differentiateFeaturesEach(pass, featureRows) }
    var gradients = featureRows.gradients
    observe(gradients)
    guard combinationLevel == .features else { return }
    // Each part has features of its own, and is combined by itself: as if it were the whole batch, then shared.
    if share != 1 {
      featureRows.matrix.multiply(inPlace: 1 / share)
      gradients = featureRows.gradients
    }
    let direction = gradients.makeDirection()
    _ = try combine(gradients, losses: tasks.map { losses[$0] }, into: direction)
    if share != 1 { direction.multiply(inPlace: share) }
    differentiateFeatures(pass, along: featureRows.views(of: direction))
  }

  /// From each loss to the features where the graph is cut there, else to the shared parameters.
  private func differentiateLosses(_ pass: ForwardPass, _ scales: [Double], _ featureRows: TaskRows?) {
    let leaves = pass.leaves ?? shared.parameters.map(\.value)
    let rows = (featureRows ?? parameterRows).views
    let writing: GradientTarget.Writing = featureRows == nil ? self.writing : .write
    var written: Set<Owner> = []
    for (index, task) in tasks.enumerated() {
      let targets = zip(leaves, rows[index]).map { GradientTarget($0, into: $1, writing) }
      differentiate(
        pass.losses[index], of: task, scales[index], to: targets, &written,
        graph: index == tasks.count - 1 || pass.isApart ? .release : .retain)
    }
  }

  /// One task's loss, times a scale: to targets of what it shares, and to what is its own.
  ///
  /// - Parameter written: the owners that have a gradient of this part of the batch already.
  private func differentiate(
    _ loss: Tensor, of task: Int, _ scale: Double, to targets: [GradientTarget], _ written: inout Set<Owner>,
    graph: GraphUse = .release
  ) {
    let own = ownVectors(of: [task]).flatMap { vector in
      self.targets(in: vector, written.insert(vector.owner).inserted ? writing : .add)
    }
    writeGradients(of: [loss], to: targets + own, seeds: [seed(scale, like: loss)], graph: graph)
  }

  /// From each task's gradient at the features to its row for the shared parameters.
  private func differentiateFeaturesEach(_ pass: ForwardPass, _ featureRows: TaskRows) {
    let rows = parameterRows.views
    for (index, task) in tasks.enumerated() {
      var targets = zip(shared.parameters, rows[index]).map { GradientTarget($0.value, into: $1, writing) }
      if combinationLevel == .parameters {
        for vector in ownVectors(of: [task]) {
          targets += self.targets(in: vector, .add)
        }
      }
      let isLast = index == tasks.count - 1 && combinationLevel == .parameters
      writeGradients(
        of: pass.features, to: targets, seeds: pass.seeds(featureRows.views[index]),
        graph: isLast ? .release : .retain)
    }
  }

  /// From one direction at the features to the gradient of everything before them.
  private func differentiateFeatures(_ pass: ForwardPass, along direction: [Tensor]) {
    let own = ownVectors(of: tasks).flatMap { targets(in: $0, .add) }
    writeGradients(
      of: pass.features, to: targets(in: shared, writing) + own,
      seeds: pass.seeds(direction))
  }

  private mutating func observe(_ gradients: DenseTaskGradients) {
    if observedLevel == .features || combinationLevel == .features {
      let modules = observedLevel == .features ? gradients.moduleGramians : []
      featureGramian = featureGramian.map { $0 + gradients.gramian } ?? gradients.gramian
      featureModules =
        featureModules.isEmpty
        ? modules : zip(featureModules, modules).map { ($0.name, $0.gramian + $1.gramian) }
    }
    if update.observation != nil { entropy = (entropy ?? 0) + featureEntropy(gradients.rows) * share }
  }

  // MARK: Two passes for each task

  /// The sum of the gradients, and that of a function of the gradients themselves.
  private mutating func differentiateTwice(
    _ pass: ForwardPass, _ scales: [Double], _ regularizer: any RegularizesGradients
  ) throws {
    let isAtFeatures = combinationLevel == .features
    let leaves = isAtFeatures ? pass.leaves! : shared.parameters.map(\.value)
    let rows = isAtFeatures ? update.workspace.rows(of: leaves, taskCount: tasks.count) : parameterRows
    let differentiable = differentiableGradients(pass, scales, leaves: leaves, rows)
    let gradients = rows.gradients
    let gramian = try finiteGramian(of: gradients)
    // Of several parts, each is regularized by itself, and no Gramian is that of the whole.
    report.gramian = update.objectives.count == 1 ? gramian : nil
    let sum = gradients.combined([Double](repeating: 1, count: tasks.count))
    let weights = Tensor(regularizer.regularizerWeights(for: gramian).flatMap { $0 }.map { Float($0 * share) })
    let directions = withoutGradients {
      weights.reshaped([tasks.count, -1]).to(rows.matrix.dtype).to(rows.matrix.device).matmul(rows.matrix)
    }
    let seeds = tasks.indices.flatMap { rows.views(of: directions[$0]) }
    let pairs = zip(differentiable, seeds).compactMap { gradient, seed in gradient.map { ($0, seed) } }
      .filter { $0.0.requiresGradient }
    let own = ownVectors(of: tasks).flatMap { targets(in: $0, .add) }
    let sums = zip(leaves, rows.views(of: sum)).map { GradientTarget($0, into: $1, .add) }
    if !pairs.isEmpty { writeGradients(of: pairs.map(\.0), to: sums + own, seeds: pairs.map(\.1)) }
    if isAtFeatures {
      observe(gradients)
      differentiateFeatures(pass, along: rows.views(of: sum))
    } else {
      let gradient = update.workspace.gradient(of: shared).flat
      if partCount == 0 { gradient.copy(from: sum) } else { gradient.add(inPlace: sum) }
    }
  }

  /// Each task's gradient with respect to each leaf, which can be differentiated again; its values also go to the
  /// rows, and those of tasks' own parameters to their place.
  private func differentiableGradients(
    _ pass: ForwardPass, _ scales: [Double], leaves: [Tensor], _ rows: TaskRows
  ) -> [Tensor?] {
    var written: Set<Owner> = []
    return tasks.indices.flatMap { index in
      let own = ownVectors(of: [tasks[index]])
      let found = gradients(
        of: [pass.losses[index]], withRespectTo: leaves + own.flatMap { $0.parameters.map(\.value) },
        seeds: [seed(scales[index], like: pass.losses[index])], graph: .differentiate)
      let kept = Array(found.prefix(leaves.count))
      withoutGradients {
        for (gradient, view) in zip(kept, rows.views[index]) { view.write(gradient, adding: false) }
        var rest = found.dropFirst(leaves.count)
        for vector in own {
          let isAdding = !written.insert(vector.owner).inserted || partCount > 0
          for view in update.workspace.gradient(of: vector).views { view.write(rest.removeFirst(), adding: isAdding) }
        }
      }
      return kept
    }
  }

  // MARK: Combination

  /// Lets the aggregator make one direction of the rows.
  ///
  /// - Returns: the inner products, where it needed them.
  private func combine(
    _ gradients: DenseTaskGradients, losses: [Double], into direction: Tensor
  ) throws -> Gramian? {
    let solves = update.aggregator is any GramianWeighting
    // Before the method solves anything with it.
    if solves { _ = try finiteGramian(of: gradients) }
    try update.aggregator.writeDirection(of: gradients, losses: losses, into: direction, using: &update.generator)
    let needsGramian =
      solves || update.aggregator is any LocalGramianWeighting || update.weighting is any LearnsFromGradients
    return needsGramian ? try finiteGramian(of: gradients) : nil
  }

  private func finiteGramian(of gradients: DenseTaskGradients) throws -> Gramian {
    let gramian = gradients.gramian
    for (index, task) in tasks.enumerated() where !gramian[index, index].isFinite {
      throw NonFiniteError(quantity: .gradient, task: update.tasks[task], value: gramian[index, index])
    }
    return gramian
  }

  // MARK: Targets and seeds

  /// What some of the tasks' losses reach, but not all tasks'.
  private func ownVectors(of tasks: [Int]) -> [ParameterVector] {
    update.vectors(reachedBy: tasks).filter { $0.owner != .shared }
  }

  private func targets(in vector: ParameterVector, _ writing: GradientTarget.Writing) -> [GradientTarget] {
    zip(vector.parameters, update.workspace.gradient(of: vector).views).map {
      GradientTarget($0.value, into: $1, writing)
    }
  }

  private func seed(_ value: Double, like loss: Tensor) -> Tensor {
    .full(value, loss.shape, dtype: loss.dtype, device: loss.device)
  }
}

extension DenseTaskGradients {
  /// The inner products within each part of the network that a person would name.
  fileprivate var moduleGramians: [(name: String, gramian: Gramian)] {
    let ranges = segments.ranges(by: \.module, width: width)
    var modules: [(name: String, gramian: Gramian)] = []
    // What a module grew lies behind everything older.
    for (name, gramian) in zip(ranges.map(\.name), gramians(of: ranges.map(\.columns))) {
      if let index = modules.firstIndex(where: { $0.name == name }) {
        modules[index].gramian = modules[index].gramian + gramian
      } else {
        modules.append((name, gramian))
      }
    }
    return modules
  }
}

extension Tensor {
  /// Takes the values of a gradient, which is none where it is zero.
  fileprivate func write(_ gradient: Tensor?, adding isAdding: Bool) {
    guard let gradient else {
      if !isAdding { fill(0) }
      return
    }
    if isAdding { add(inPlace: gradient.detached()) } else { copy(from: gradient.detached()) }
  }
}
