import Foundation
import MultitaskLearning
import Support
import Torch
import VisionData

/// A run's network with its trained parameters, for evaluation and prediction.
public struct TrainedRun {
  /// The folder of the run.
  public let folder: RunFolder
  /// The configuration that the run was trained with.
  public let configuration: Configuration
  /// The workload, whose network holds the parameters of ``checkpoint``.
  public let workload: any Workload
  /// The checkpoint that was loaded.
  public let checkpoint: Checkpoint

  /// - Throws: `FileError` if there is no run, no such checkpoint, or it does not fit.
  public init(_ folder: RunFolder, checkpoint name: Checkpoint.Name) throws {
    self.folder = folder
    configuration = try Configuration(of: folder)
    let resolved = try ResolvedConfiguration(configuration.withoutWeights)
    resolved.prepareRuntime()
    workload = try resolved.factory.restore(resolved, from: folder)
    do {
      checkpoint = try Checkpoint.load(name, in: folder)
      try checkpoint.restore(workload.network, grownBy: resolved.method, in: folder)
    } catch let error as FileError {
      let other: Checkpoint.Name = name == .best ? .last : .best
      guard Checkpoint.exists(other, in: folder) else { throw error }
      throw FileError(
        URL(fileURLWithPath: error.path), "\(error.reason), but --checkpoint \(other.rawValue) is there")
    }
  }

  /// The network of the workload.
  public var network: any AdaptableNetwork { workload.network }

  /// Metrics on the validation data.
  ///
  /// - Throws: `FileError` where these are not there, or damaged.
  public func evaluate() throws -> Evaluation { try workload.evaluate() }

  /// What the network's tokens span, and where the tasks' gradients conflict at them, on training data.
  ///
  /// - Throws: `MethodError` for a network without tokens that tasks share.
  public func analyzeTokens(sampleCount: Int, ratio: Double) throws -> TokenAnalysis {
    let hasOwnTokens = workload.multitaskNetwork?.plan.sharing.partsStreams == true
    guard network.transformer != nil, !hasOwnTokens else {
      throw MethodError(
        "network.sharing is \(configuration.network.sharing.name), and network.encoder \(configuration.network.encoder): token spaces are those of a transformer that tasks share"
      )
    }
    return try TokenAnalysis(tasks: network.tasks, ratio: ratio) {
      try workload.forEachTokenBatch(sampleCount: sampleCount, $0)
    }
  }

  /// What the network's gates choose in each layer, and the cost of what pruning would leave.
  ///
  /// - Throws: `MethodError` for a network without gates.
  public func analyzeGates() throws -> GateTable {
    guard let state = network.gateState else {
      throw MethodError(
        "the network has no gates: these are those of a run that was trained with network.sharing gates")
    }
    return GateTable(state, tasks: network.tasks)
  }

  /// What the network says about an image of any size.
  ///
  /// - Throws: ``ConfigurationError`` if the workload is not about single images.
  public func predict(_ image: InputImage) throws -> [(task: String, reading: ImageReading)] {
    try imagePredictor().predict(image)
  }

  /// What the network says about an image of any size without depth.
  ///
  /// - Throws: ``ConfigurationError`` if the workload is not about single images.
  public func predict(_ picture: Picture) throws -> [(task: String, reading: ImageReading)] {
    try predict(InputImage(picture))
  }

  /// The names of the tasks of which ``predict(_:)-(InputImage)`` may give an image.
  ///
  /// - Throws: ``ConfigurationError`` if the workload is not about single images.
  public func drawnTasks() throws -> [String] { try imagePredictor().drawnTasks }

  private func imagePredictor() throws -> any ImagePredicting {
    guard let predictor = workload.imagePredictor else {
      throw ConfigurationError("the workload \(configuration.workload.name) predicts nothing from single images")
    }
    return predictor
  }
}
