import NeuralNetworks
import Torch

/// The backward passes of one step: from the losses of each part of the batch to one gradient in the workspace.
struct Differentiation {
  private let update: MultitaskUpdate
  private let tasks: [Int]
  private let others: [Int]
  private let shared: ParameterVector
  /// The columns of G with respect to the shared parameters.
  private let layout: GradientLayout
  /// G with respect to the shared parameters, each task's by parameter: none before its first backward pass.
  private var parameterRows: [[Tensor]] = []
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
    layout = GradientLayout(of: shared)
    let zeros = [Double](repeating: 0, count: update.tasks.count)
    self.estimates = estimates ?? zeros
    report = StepReport(losses: zeros, lossWeights: zeros)
  }

  /// Of the tasks that are differentiated, in their order.
  private var ownLosses: [Double] { tasks.map { report.losses[$0] } }

  private var share: Double { 1 / Double(update.objectives.count) }
  private var writing: GradientTarget.Writing { partCount == 0 ? .write : .add }

  // Where everything that is shared is frozen, there is nothing to combine, nor to look at.
  private var trainsShared: Bool { !layout.segments.isEmpty }
  private var observation: GradientLevel? { trainsShared ? update.observation : nil }
  private var regularizer: (any RegularizesGradients)? {
    trainsShared ? update.aggregator as? any RegularizesGradients : nil
  }
  private var methodNeedsEachGradient: Bool {
    trainsShared && update.aggregator.needsEachGradient(with: update.weighting)
  }
  private var needsEachGradient: Bool { methodNeedsEachGradient || observation != nil }

  /// A constant weight gives the same direction at either level: then the level that is looked at is as good.
  private var combinationLevel: GradientLevel {
    methodNeedsEachGradient ? update.level : observation ?? .parameters
  }

  /// Differentiates the losses of one part of the batch.
  mutating func add(_ objective: any MultitaskObjective) throws {
    let needsFeatures = combinationLevel == .features || (observation == .features && regularizer == nil)
    let isApart = needsEachGradient && objective.featuresDependOnTask
    if isApart && regularizer == nil && !needsFeatures && !update.weighting.weighsByLosses {
      return try addOneByOne(objective)
    }
    let isCut = needsFeatures || (observation != nil && regularizer == nil)
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
    var written: Set<Owner> = []
    for (index, task) in tasks.enumerated() {
      let pass = try ForwardPass(objective, [task], others: [], isCut: false, isApart: true)
      losses[task] = pass.values[0]
      writeParameterRow(
        index, of: pass.losses, seeds: [seed(weights[task] * share, like: pass.losses[0])],
        own: ownTargets(of: task, &written))
    }
    if !others.isEmpty {
      for (task, value) in zip(others, try ForwardPass.values(of: others, objective)) { losses[task] = value }
    }
    note(losses, weights)
    partCount += 1
  }

  /// Combines what the parts have left, and tells what was seen.
  mutating func finish() throws -> StepReport {
    let hasRows = needsEachGradient && regularizer == nil
    let gradient = update.workspace.gradient(of: shared).flat
    if hasRows && combinationLevel == .parameters {
      report.gramian = try combine(parameterGradients, losses: ownLosses, into: gradient)
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
    regularizer == nil ? observation : observation.map { _ in update.level }
  }

  private var diagnostics: GradientDiagnostics? {
    if regularizer != nil && update.objectives.count > 1 { return nil }
    switch observedLevel {
    case nil: return nil
    case .features:
      return featureGramian.map {
        GradientDiagnostics(level: .features, gramian: $0, modules: featureModules, featureEntropy: entropy)
      }
    case .parameters:
      return diagnostics(of: parameterGradients)
    }
  }

  private func diagnostics(of gradients: DenseTaskGradients) -> GradientDiagnostics {
    let modules = gradients.moduleGramians
    return GradientDiagnostics(
      level: .parameters, gramian: gradients.gramian, modules: modules, featureEntropy: entropy)
  }

  private var parameterGradients: DenseTaskGradients { layout.gradients(parameterRows) }

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
    guard let leaves = pass.leaves else { return differentiateLosses(pass, scales) }
    let layout = GradientLayout(of: leaves)
    let rows = featureRows(pass, leaves, scales).map(layout.converted)
    if combinationLevel == .parameters || observation == .parameters {
      differentiateFeaturesEach(pass, rows)
    }
    var gradients = layout.gradients(rows)
    observe(gradients)
    guard combinationLevel == .features else { return }
    // Each part has features of its own, and is combined by itself: as if it were the whole batch, then shared.
    if share != 1 {
      for gradient in rows.joined() { gradient.multiply(inPlace: 1 / share) }
      gradients = layout.gradients(rows)
    }
    let direction = gradients.makeDirection()
    _ = try combine(gradients, losses: tasks.map { losses[$0] }, into: direction)
    if share != 1 { direction.multiply(inPlace: share) }
    differentiateFeatures(pass, along: layout.views(of: direction))
  }

  /// From each loss to the shared parameters.
  private mutating func differentiateLosses(_ pass: ForwardPass, _ scales: [Double]) {
    var written: Set<Owner> = []
    for (index, task) in tasks.enumerated() {
      writeParameterRow(
        index, of: [pass.losses[index]], seeds: [seed(scales[index], like: pass.losses[index])],
        own: ownTargets(of: task, &written), graph: graph(index, pass))
    }
  }

  /// From each loss to the features where the graph is cut: each task's gradients, by feature.
  private func featureRows(_ pass: ForwardPass, _ leaves: [Tensor], _ scales: [Double]) -> [[Tensor]] {
    var written: Set<Owner> = []
    return tasks.enumerated().map { index, task in
      takeGradients(
        of: [pass.losses[index]], withRespectTo: leaves, writing: ownTargets(of: task, &written),
        seeds: [seed(scales[index], like: pass.losses[index])], graph: graph(index, pass)
      )
    }
  }

  /// What becomes of the graph after a task's backward pass.
  private func graph(_ index: Int, _ pass: ForwardPass) -> GraphUse {
    index == tasks.count - 1 || pass.isApart ? .release : .retain
  }

  /// From each task's gradient at the features to its row for the shared parameters.
  private mutating func differentiateFeaturesEach(_ pass: ForwardPass, _ featureRows: [[Tensor]]) {
    let reachesOwn = combinationLevel == .parameters
    for (index, task) in tasks.enumerated() {
      let own = reachesOwn ? ownVectors(of: [task]).flatMap { targets(in: $0, .add) } : []
      writeParameterRow(
        index, of: pass.features, seeds: pass.seeds(featureRows[index]), own: own,
        graph: index == tasks.count - 1 && reachesOwn ? .release : .retain)
    }
  }

  /// One task's gradient with respect to the shared parameters: its row takes over the memory that the first part of the
  /// batch gives, to which the others add.
  private mutating func writeParameterRow(
    _ index: Int, of outputs: [Tensor], seeds: [Tensor], own: [GradientTarget], graph: GraphUse = .release
  ) {
    let leaves = shared.trainedParameters.map(\.value)
    guard index < parameterRows.count else {
      parameterRows.append(
        takeGradients(of: outputs, withRespectTo: leaves, writing: own, seeds: seeds, graph: graph))
      return
    }
    let row = zip(leaves, parameterRows[index]).map { GradientTarget($0, into: $1, .add) }
    writeGradients(of: outputs, to: row + own, seeds: seeds, graph: graph)
  }

  /// From one direction at the features to the gradient of everything before them.
  private func differentiateFeatures(_ pass: ForwardPass, along direction: [Tensor]) {
    let own = ownVectors(of: tasks).flatMap { targets(in: $0, .add) }
    writeGradients(
      of: pass.features, to: targets(in: shared, writing) + own,
      seeds: pass.seeds(direction))
  }

  private mutating func observe(_ gradients: DenseTaskGradients) {
    let modules = observedLevel == .features ? gradients.moduleGramians : []
    if observedLevel == .features || combinationLevel == .features {
      featureGramian = featureGramian.map { $0 + gradients.gramian } ?? gradients.gramian
      featureModules =
        featureModules.isEmpty
        ? modules : zip(featureModules, modules).map { ($0.name, $0.gramian + $1.gramian) }
    }
    guard observation != nil else { return }
    entropy = (entropy ?? 0) + featureEntropy(gradients.rows(in: 0..<gradients.width)) * share
  }

  // MARK: Two passes for each task

  /// The sum of the gradients, and that of a function of the gradients themselves.
  private mutating func differentiateTwice(
    _ pass: ForwardPass, _ scales: [Double], _ regularizer: any RegularizesGradients
  ) throws {
    let isAtFeatures = combinationLevel == .features
    let leaves = isAtFeatures ? pass.leaves! : shared.trainedParameters.map(\.value)
    let layout = isAtFeatures ? GradientLayout(of: leaves) : self.layout
    let differentiable = differentiableGradients(pass, scales, leaves: leaves)
    let rows = values(of: differentiable, like: leaves).map(layout.converted)
    let gradients = layout.gradients(rows)
    let gramian = try finiteGramian(of: gradients)
    // Of several parts, each is regularized by itself, and no Gramian is that of the whole.
    report.gramian = update.objectives.count == 1 ? gramian : nil
    let sum = gradients.combined([Double](repeating: 1, count: tasks.count))
    let seeds = regularizer.regularizerWeights(for: gramian).map { weights in
      layout.views(of: gradients.combined(weights.map { $0 * share }))
    }
    let pairs = zip(differentiable.joined(), seeds.joined()).compactMap { gradient, seed in
      gradient.flatMap { $0.requiresGradient ? ($0, seed.to($0.dtype)) : nil }
    }
    let own = ownVectors(of: tasks).flatMap { targets(in: $0, .add) }
    let sums = zip(leaves, layout.views(of: sum)).map { GradientTarget($0, into: $1, .add) }
    if !pairs.isEmpty { writeGradients(of: pairs.map(\.0), to: sums + own, seeds: pairs.map(\.1)) }
    if isAtFeatures {
      observe(gradients)
      differentiateFeatures(pass, along: layout.views(of: sum))
    } else {
      if observation != nil { parameterRows = rows }
      let gradient = update.workspace.gradient(of: shared).flat
      if partCount == 0 { gradient.copy(from: sum) } else { gradient.add(inPlace: sum) }
    }
  }

  /// Each task's gradient with respect to each leaf, which can be differentiated again; those of tasks' own parameters
  /// go to their place.
  private func differentiableGradients(_ pass: ForwardPass, _ scales: [Double], leaves: [Tensor]) -> [[Tensor?]] {
    var written: Set<Owner> = []
    return tasks.enumerated().map { index, task in
      let own = ownTargets(of: task, &written)
      let found = gradients(
        of: [pass.losses[index]], withRespectTo: leaves + own.map(\.leaf),
        seeds: [seed(scales[index], like: pass.losses[index])], graph: .differentiate)
      withoutGradients {
        for (target, gradient) in zip(own, found.dropFirst(leaves.count)) { target.write(gradient) }
      }
      return Array(found.prefix(leaves.count))
    }
  }

  /// Gradients as numbers that are not differentiated again.
  private func values(of gradients: [[Tensor?]], like leaves: [Tensor]) -> [[Tensor]] {
    withoutGradients {
      gradients.map { row in
        zip(row, leaves).map { gradient, leaf in
          gradient?.detached().contiguous() ?? .zeros(leaf.shape, dtype: leaf.dtype, device: leaf.device)
        }
      }
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

  /// Where the gradients of what is a task's own go.
  ///
  /// - Parameter written: the owners that have a gradient of this part of the batch already.
  private func ownTargets(of task: Int, _ written: inout Set<Owner>) -> [GradientTarget] {
    ownVectors(of: [task]).flatMap { vector in
      targets(in: vector, written.insert(vector.owner).inserted ? writing : .add)
    }
  }

  /// What some of the tasks' losses reach, but not all tasks'.
  private func ownVectors(of tasks: [Int]) -> [ParameterVector] {
    update.vectors(reachedBy: tasks).filter { $0.owner != .shared }
  }

  private func targets(in vector: ParameterVector, _ writing: GradientTarget.Writing) -> [GradientTarget] {
    let trained = vector.trainedParameters
    return zip(trained, update.workspace.gradient(of: vector).views.suffix(trained.count)).map {
      GradientTarget($0.value, into: $1, writing)
    }
  }

  private func seed(_ value: Double, like loss: Tensor) -> Tensor {
    .full(value, loss.shape, dtype: loss.dtype, device: loss.device)
  }
}

extension GradientTarget {
  /// Takes the values of a gradient, which is none where it is zero.
  fileprivate func write(_ gradient: Tensor?) {
    switch (writing, gradient) {
    case (.write, let gradient?): destination.copy(from: gradient.detached())
    case (.write, nil): destination.fill(0)
    case (.add, let gradient?): destination.add(inPlace: gradient.detached())
    case (.add, nil): break
    }
  }
}
