import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// A training step as its definition has it: each task's loss over the whole batch is differentiated by itself, G is
/// built, aggregated, and what is not aggregated follows the weighted sum of the losses.
struct BruteForce {
  let problem: OracleProblem
  var method: MultitaskMethod
  /// The parts that the step computes the batch in.
  let parts: [Range<Int>]
  let learningRate: Double
  /// Of alternating updates: every task's loss when it was last updated.
  private var lastLosses: [Double?] = OracleProblem.tasks.map { _ in nil }
  private var velocities: [String: Tensor] = [:]
  private(set) var losses: [Double?] = []
  private(set) var weights: [Double] = []

  init(_ problem: OracleProblem, _ method: MultitaskMethod, parts: [Range<Int>], learningRate: Double) {
    (self.problem, self.method, self.parts, self.learningRate) = (problem, method, parts, learningRate)
  }

  /// - Parameter groups: the tasks of each update; nil for tasks one after another with their last losses.
  mutating func step(_ step: Int, groups: [[Int]]?) throws {
    let objective = problem.objective(step: step)
    let present = objective.tasks.indices.filter { objective.labelCounts[$0] > 0 }
    var first: (losses: [Double?], weights: [Double], norms: [Double?]?)?
    if let groups {
      for group in groups.map({ $0.filter(present.contains) }) where !group.isEmpty {
        let known = values(of: present, objective)
        let (weights, norms) = try update(group, losses: known, step)
        first = first ?? (known, weights, norms)
      }
    } else {
      first = try alternate(present, step)
    }
    (losses, weights) = (first!.losses, first!.weights)
    if method.weighting.need > .weightedSum, let norms = first!.norms {
      method.weighting.update(losses: losses, gradientNorms: norms)
    }
    method.weighting.update(losses: losses)
    if method.weighting.observesUpdates {
      method.weighting.update(before: losses, after: values(of: present, objective))
    }
  }

  private mutating func alternate(
    _ present: [Int], _ step: Int
  ) throws -> (losses: [Double?], weights: [Double], norms: [Double?]?) {
    let objective = problem.objective(step: step)
    for task in present where lastLosses[task] == nil { lastLosses[task] = values(of: [task], objective)[task] }
    var losses: [Double?] = lastLosses.map { _ in nil }
    var weights = lastLosses.map { _ in 0.0 }
    for task in present {
      lastLosses[task] = values(of: [task], objective)[task]
      losses[task] = lastLosses[task]
      let known = lastLosses.indices.map { present.contains($0) ? lastLosses[$0] : nil }
      weights[task] = try update([task], losses: known, step).weights[task]
    }
    return (losses, weights, nil)
  }

  private func values(of tasks: [Int], _ objective: OracleProblem.Objective) -> [Double?] {
    var values: [Double?] = objective.tasks.map { _ in nil }
    for task in tasks { values[task] = objective.losses(of: [task])[0].detached().item }
    return values
  }

  // MARK: One update

  private mutating func update(
    _ tasks: [Int], losses: [Double?], _ step: Int
  ) throws -> (weights: [Double], norms: [Double?]?) {
    let weights = try weights(of: tasks, losses: losses, step)
    var gradients: [Reach: Tensor] = [:]
    for vector in problem.store.vectors where tasks.contains(where: { vector.reach.includes(OracleProblem.tasks[$0]) })
    {
      gradients[vector.reach] = vector.values.zerosLike()
    }
    let need = max(method.aggregator.need, method.weighting.need)
    var norms: [Double?]?
    for task in tasks { add(weights[task], gradientOf: task, step, to: &gradients) }
    if need == .secondOrder {
      norms = parts.count == 1 ? self.norms(tasks.map { ($0, norm(of: $0, step)) }) : nil
      addRegularizer(tasks, step, to: &gradients)
    } else if need == .weightedSum {
      combineAggregated(
        zip(tasks, method.aggregator.constantWeights(of: tasks)).map { ($0, weights[$0] * $1) }, step,
        &gradients[.everyTask]!)
    } else if need == .independentBatches {
      norms = try aggregateBatches(tasks, weights, step, &gradients[.everyTask]!)
    } else if method.level == .parameters {
      norms = try aggregateParameters(tasks, weights, losses, step, &gradients[.everyTask]!)
    } else {
      norms = try aggregateFeatures(tasks, weights, step, need, &gradients[.everyTask]!)
    }
    withoutGradients {
      for vector in problem.store.vectors {
        guard let gradient = gradients[vector.reach] else { continue }
        for (parameter, view) in zip(vector.parameters, vector.views(of: gradient)) where !isFrozen(parameter) {
          move(parameter, along: view)
        }
      }
    }
    return (weights, norms)
  }

  private mutating func weights(of tasks: [Int], losses: [Double?], _ step: Int) throws -> [Double] {
    var weights: [Double]
    if method.weighting.weighsByGradients {
      let rows = tasks.map { flatGradient(of: problem.objective(step: step).losses(of: [$0]), seeds: nil, shared) }
      weights = try method.weighting.weights(
        for: losses, gradients: DenseTaskGradients(rows: .stacked(rows)), using: &method.generator)
    } else {
      weights = try method.weighting.weights(for: losses, using: &method.generator)
    }
    // By the chain rule, the gradient of the logarithm of L + 10⁻⁸.
    if method.aggregator.lossScale == .logarithmic {
      for task in tasks { weights[task] /= losses[task]! + 1e-8 }
    }
    return weights
  }

  func isFrozen(_ parameter: Parameter) -> Bool {
    problem.kind.isFrozen && parameter.name.hasPrefix("first.")
  }

  /// `v ← μ v + g + λθ; θ ← θ − η v`, with the numbers of the parameter's group; biases do not decay.
  private mutating func move(_ parameter: Parameter, along gradient: Tensor) {
    var (factor, decay, momentum) = (1.0, 0.0, 0.0)
    if problem.kind.hasGroups {
      switch parameter.name.prefix(while: { $0 != "." }) {
      case "second": (factor, decay, momentum) = (0.5, 0.2, 0)
      case "behind": (factor, decay, momentum) = (1, 0.1, 0.5)
      case "both": (factor, decay, momentum) = (2, 0.3, 0.25)
      default: break
      }
    }
    if parameter.name.hasSuffix(".bias") { decay = 0 }
    var velocity = decay == 0 ? gradient : gradient + parameter.value * decay
    if momentum > 0 {
      if let last = velocities[parameter.name] { velocity = velocity + last * momentum }
      velocities[parameter.name] = velocity.copied()
    }
    parameter.value.add(inPlace: velocity, scale: -learningRate * factor)
  }

  private func add(_ weight: Double, gradientOf task: Int, _ step: Int, to gradients: inout [Reach: Tensor]) {
    add(weight, gradientOf: problem.objective(step: step).losses(of: [task]), to: &gradients)
  }

  func add(_ weight: Double, gradientOf loss: [Tensor], to gradients: inout [Reach: Tensor]) {
    let vectors = gradients.keys.map { problem.store.vector(of: $0)! }
    for (vector, gradient) in zip(vectors, flatGradients(of: loss, seeds: nil, vectors)) {
      gradients[vector.reach]!.add(inPlace: gradient, scale: weight)
    }
  }

  /// The norm of a task's gradient at the level of the method.
  private func norm(of task: Int, _ step: Int) -> Double {
    let objective = problem.objective(step: step)
    guard method.level == .features else {
      return flatGradient(of: objective.losses(of: [task]), seeds: nil, shared).norm().item
    }
    let features = objective.features(for: [task])
    return Torch.gradients(
      of: objective.losses(of: [task], from: features), withRespectTo: features.maps(of: task))[0]!.norm().item
  }

  /// At the level of features, what lies behind them keeps the sum.
  private func combineAggregated(_ scales: [(task: Int, scale: Double)], _ step: Int, _ gradient: inout Tensor) {
    let sum = gradient.zerosLike()
    for (task, scale) in scales {
      let loss = problem.objective(step: step).losses(of: [task])
      sum.add(inPlace: flatGradient(of: loss, seeds: nil, shared), scale: scale)
    }
    gradient = method.level == .features ? withoutGradients { replacingTrunk(of: gradient, by: sum, step) } : sum
  }

  /// The gradient with respect to a vector; zero for what is frozen or not reached.
  func flatGradient(of outputs: [Tensor], seeds: [Tensor]?, _ vector: ParameterVector) -> Tensor {
    flatGradients(of: outputs, seeds: seeds, [vector])[0]
  }

  private func flatGradients(of outputs: [Tensor], seeds: [Tensor]?, _ vectors: [ParameterVector]) -> [Tensor] {
    let flats = vectors.map { $0.values.zerosLike() }
    // Frozen parameters are no part of the graph.
    let places = zip(vectors, flats).flatMap { vector, flat in
      zip(vector.parameters, vector.views(of: flat)).filter { !isFrozen($0.0) }
    }
    let found = gradients(of: outputs, withRespectTo: places.map(\.0.value), seeds: seeds, graph: .retain)
    withoutGradients {
      for ((_, view), gradient) in zip(places, found) {
        if let gradient { view.copy(from: gradient) }
      }
    }
    return flats
  }

  var shared: ParameterVector { problem.store.vector(of: .everyTask)! }

  private var segments: [GradientSegment] {
    zip(shared.parameters, shared.elements).filter { !isFrozen($0.0) }
      .map { GradientSegment(name: $0.name, columns: $1) }
  }

  mutating func direction(
    _ rows: [Tensor], _ segments: [GradientSegment], _ tasks: [Int], _ losses: [Double]
  ) throws -> Tensor {
    let matrix = DenseTaskGradients(rows: .stacked(rows), segments: segments)
    let direction = matrix.makeDirection()
    var context = AggregationContext(
      tasks: tasks, taskCount: OracleProblem.tasks.count, losses: losses, generator: method.generator)
    try method.aggregator.writeDirection(of: matrix, into: direction, &context)
    method.generator = context.generator
    return direction
  }

  private mutating func aggregateParameters(
    _ tasks: [Int], _ weights: [Double], _ losses: [Double?], _ step: Int, _ gradient: inout Tensor
  ) throws -> [Double?] {
    let rows = tasks.map { task in
      flatGradient(of: problem.objective(step: step).losses(of: [task]), seeds: nil, shared) * weights[task]
    }
    gradient = try direction(rows, segments, tasks, tasks.map { losses[$0]! })
    return norms(zip(tasks, rows).map { ($0, $1.norm().item / weights[$0]) })
  }

  /// The weights come from the products of two batches' gradients; each batch is a part of the rows.
  private mutating func aggregateBatches(
    _ tasks: [Int], _ weights: [Double], _ step: Int, _ gradient: inout Tensor
  ) throws -> [Double?] {
    let count = method.aggregator.batchCount
    let length = parts.count / count
    let batches = (0..<count).map { batch -> [Tensor] in
      let own = parts[(batch * length)..<((batch + 1) * length)]
      let objective = problem.objective(own.first!.lowerBound..<own.last!.upperBound, step: step)
      return tasks.map { task in
        guard objective.labelCounts[task] > 0 else { return shared.values.zerosLike() }
        return flatGradient(of: objective.losses(of: [task]), seeds: nil, shared) * weights[task]
      }
    }
    let products = batches[0].flatMap { a in batches[1].map { b in (a.to(.float64) * b.to(.float64)).sum().item } }
    var context = AggregationContext(
      tasks: tasks, taskCount: OracleProblem.tasks.count, losses: tasks.map { _ in 0 }, generator: method.generator)
    let chosen = try method.aggregator.weights(
      forIndependentBatches: CrossProducts(taskCount: tasks.count, elements: products), &context)
    let direction = gradient.zerosLike()
    for batch in count == 2 ? [0, 1] : [2] {
      for (row, weight) in zip(batches[batch], chosen) {
        direction.add(inPlace: row, scale: weight / (count == 2 ? 2 : 1))
      }
    }
    gradient = direction
    return norms(zip(tasks, batches[0]).map { ($0, $1.norm().item / weights[$0]) })
  }

  func norms(_ known: [(task: Int, norm: Double)]) -> [Double?] {
    var norms: [Double?] = OracleProblem.tasks.map { _ in nil }
    for (task, norm) in known { norms[task] = norm }
    return norms
  }
}
