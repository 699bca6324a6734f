import NeuralNetworks
import Torch

/// Collects what a step shows of the tasks' gradients, part by part. It changes nothing of what the step computes.
struct GradientLook {
  let level: GradientLevel
  /// Whether each layer is looked at, too, at the level of parameters.
  private let seesLayers: Bool
  private let shared: ParameterVector
  private let layout: GradientLayout
  /// Parts of the batch, each of which has features of its own.
  private let partCount: Int
  /// G with respect to the shared parameters: each task's row by parameter, where the look computes it itself.
  private var rows: [Int: [Tensor]] = [:]
  /// Of the features of all parts so far, side by side, or of the parameters.
  private var gramian: Gramian?
  /// At the level of parameters, of the features of all parts so far.
  private var featureGramian: Gramian?
  private var modules: [(name: String, gramian: Gramian)] = []
  private var layers: [(name: String, gramian: Gramian)] = []
  private var entropy: Double?
  private var usedFraction: Double?

  init(at level: GradientLevel, seeingLayers seesLayers: Bool, _ shared: ParameterVector, partCount: Int) {
    self.level = level
    self.seesLayers = seesLayers
    self.shared = shared
    self.partCount = partCount
    layout = GradientLayout(of: shared)
  }

  /// Looks at the gradients of a pass's weighted losses; its graph stays.
  ///
  /// - Throws: ``MethodError`` if the features are to be looked at, and tasks share none.
  mutating func add(_ pass: ForwardPass, _ scales: [Double]) throws {
    try addFeatures(of: pass, scales)
    guard level == .parameters else { return }
    let leaves = shared.trainedParameters.map(\.value)
    for index in pass.tasks.indices {
      let (loss, seed) = ([pass.losses[index]], [pass.seed(index, scales[index])])
      guard let row = rows[pass.tasks[index]] else {
        rows[pass.tasks[index]] = takeGradients(
          of: loss, withRespectTo: leaves, writing: [], seeds: seed, graph: .retain)
        continue
      }
      let targets = zip(leaves, row).map { GradientTarget($0, into: $1, .add) }
      writeGradients(of: loss, to: targets, seeds: seed, graph: .retain)
    }
  }

  /// Looks at what the losses of a pass start from, if tasks share it; the graph stays.
  mutating func addFeatures(of pass: ForwardPass, _ scales: [Double]) throws {
    guard !pass.sharedFeatures.isEmpty else {
      if level == .features { throw ForwardPass.noSharedFeatures }
      return
    }
    let layout = GradientLayout(of: pass.sharedFeatures)
    let rows = pass.tasks.indices.map { index in
      gradients(
        of: [pass.losses[index]], withRespectTo: pass.sharedFeatures, seeds: [pass.seed(index, scales[index])],
        graph: .retain)
    }.map { row in
      layout.converted(zip(row, pass.sharedFeatures).map { $0?.detached().contiguous() ?? $1.detached().zerosLike() })
    }
    see(features: layout.gradients(rows))
  }

  /// Takes each task's gradients with respect to the features of a part.
  mutating func see(features gradients: DenseTaskGradients) {
    let rows = gradients.rows(in: 0..<gradients.width)
    entropy = (entropy ?? 0) + featureEntropy(rows) / Double(partCount)
    usedFraction = (usedFraction ?? 0) + usedFeatureFraction(rows) / Double(partCount)
    guard level == .features else {
      featureGramian = featureGramian.map { $0 + gradients.gramian } ?? gradients.gramian
      return
    }
    let modules = gradients.moduleGramians
    gramian = gramian.map { $0 + gradients.gramian } ?? gradients.gramian
    self.modules =
      self.modules.isEmpty ? modules : zip(self.modules, modules).map { ($0.name, $0.gramian + $1.gramian) }
  }

  /// Takes each task's gradients with respect to the shared parameters, over all parts.
  mutating func see(parameters gradients: DenseTaskGradients) {
    guard level == .parameters else { return }
    modules = gradients.moduleGramians
    if seesLayers { layers = gradients.layerGramians }
    gramian = gradients.gramian
  }

  /// What was seen; nil if there was nothing.
  mutating func diagnostics() -> GradientDiagnostics? {
    if !rows.isEmpty { see(parameters: layout.gradients(rows.sorted { $0.key < $1.key }.map(\.value))) }
    return gramian.map {
      GradientDiagnostics(
        level: level, gramian: $0, modules: modules, layers: layers, featureGramian: featureGramian,
        featureEntropy: entropy, usedFeatureFraction: usedFraction)
    }
  }
}
