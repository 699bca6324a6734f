import Support
import Torch

/// Two backward passes for each task: the sum of the gradients, and the gradient of a function of the gradients
/// themselves.
///
/// Of several parts of a batch, each is regularized by itself.
struct SecondOrderRoute: DifferentiationRoute {
  var writer: GradientWriter
  let level: GradientLevel
  let partCount: Int
  private var gramian: Gramian?

  init(writer: GradientWriter, level: GradientLevel, partCount: Int) {
    self.writer = writer
    self.level = level
    self.partCount = partCount
  }

  var graph: ForwardPass.Graph { level == .features ? .cut : .perTask }

  mutating func add(_ pass: ForwardPass, _ scales: [Double], part: Int, look: inout GradientLook?) throws {
    let isAtFeatures = level == .features
    let leaves = isAtFeatures ? pass.leaves : writer.sharedLeaves
    let layout = isAtFeatures ? GradientLayout(of: leaves) : writer.layout
    let differentiable = differentiableGradients(pass, scales, leaves: leaves)
    let gradients = layout.gradients(values(of: differentiable, like: leaves).map(layout.converted))
    let ones = Vector(ones: pass.tasks.count)
    let sum = gradients.combined(writer.update.scaled(ones, of: pass.tasks).elements)
    try addRegularizer(gradients, differentiable, to: sum, leaves, layout, pass)
    if isAtFeatures {
      writeGradients(
        of: pass.sharedFeatures, to: writer.sharedTargets(in: .trunk), seeds: pass.seeds(layout.views(of: sum)))
    } else {
      writer.addToShared(sum)
    }
  }

  /// Places for the gradients of what is not aggregated.
  private mutating func headTargets(of tasks: [Int]) -> [GradientTarget] {
    writer.ownTargets(of: tasks) + (level == .features ? writer.sharedTargets(in: .head) : [])
  }

  /// Adds the gradient of the regularizer to the sum of the tasks' gradients, and to what is the tasks' own.
  private mutating func addRegularizer(
    _ gradients: DenseTaskGradients, _ differentiable: [[Tensor?]], to sum: Tensor, _ leaves: [Tensor],
    _ layout: GradientLayout, _ pass: ForwardPass
  ) throws {
    let update = writer.update
    let gramian = try update.finiteGramian(of: gradients, tasks: pass.tasks)
    if partCount == 1 { self.gramian = gramian }
    let seeds = update.regularizerWeights(for: gramian, of: pass.tasks).map { weights in
      layout.views(of: gradients.combined(weights.map { $0 / Double(partCount) }))
    }
    let pairs = zip(differentiable.joined(), seeds.joined()).compactMap { gradient, seed in
      gradient.flatMap { $0.requiresGradient ? ($0, seed.to($0.dtype)) : nil }
    }
    guard !pairs.isEmpty else { return }
    let sums = zip(leaves, layout.views(of: sum)).map { GradientTarget($0, into: $1, .add) }
    writeGradients(
      of: pairs.map(\.0), to: sums + headTargets(of: pass.tasks), seeds: pairs.map(\.1))
  }

  /// Each task's gradient with respect to each leaf, which can be differentiated again; those of tasks' own parameters
  /// go to their place.
  private mutating func differentiableGradients(
    _ pass: ForwardPass, _ scales: [Double], leaves: [Tensor]
  ) -> [[Tensor?]] {
    pass.tasks.indices.map { index in
      let own = headTargets(of: [pass.tasks[index]])
      let found = gradients(
        of: [pass.losses[index]], withRespectTo: leaves + own.map(\.leaf), seeds: [pass.seed(index, scales[index])],
        graph: .differentiate)
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

  func finish(losses: [Double], look: inout GradientLook?) -> Gramian? { gramian }
}

extension GradientTarget {
  /// Takes the values of a gradient, which is nil if it is zero.
  fileprivate func write(_ gradient: Tensor?) {
    switch (writing, gradient) {
    case (.write, let gradient?): destination.copy(from: gradient.detached())
    case (.write, nil): destination.fill(0)
    case (.add, let gradient?): destination.add(inPlace: gradient.detached())
    case (.add, nil): break
    }
  }
}
