import MultitaskLearning
import NeuralNetworks
import VisionData

/// The batches of a loader, as a network's losses.
final class LoadedBatches: TrainingBatches {
  /// Makes a network's losses on the parts of a step's batch.
  ///
  /// - Parameters:
  ///   - parts: the parts.
  ///   - first: the number of the first of them among all parts of a training, from 0.
  ///   - context: of training.
  ///   - auxiliary: what notes the losses of predictions from within the network.
  typealias MakeObjectives = (
    _ parts: [Batch], _ first: Int, _ context: ForwardContext, _ auxiliary: AuxiliaryLosses
  ) -> [any MultitaskObjective]

  private let loader: BatchLoader
  private let objectives: MakeObjectives
  private var position: Int
  private var auxiliary = AuxiliaryLosses()

  /// - Parameter first: the number of the loader's first part.
  init(_ loader: BatchLoader, from first: Int, objectives: @escaping MakeObjectives) {
    self.loader = loader
    self.objectives = objectives
    position = first
  }

  var waitedSeconds: Double { loader.waitedSeconds }
  var auxiliaryLosses: [String: Double] { auxiliary.means }

  func next(partCount: Int, _ context: ForwardContext) throws -> [any MultitaskObjective] {
    auxiliary = AuxiliaryLosses()
    let parts = try (0..<partCount).map { _ in try loader.next() }
    defer { position += partCount }
    return objectives(parts, position, context, auxiliary)
  }

  func close() { loader.close() }
}
