import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// A run's network with its trained parameters, for evaluation and prediction.
public struct TrainedRun {
  public let folder: RunFolder
  public let configuration: Configuration
  public let network: MultitaskNetwork
  public let checkpoint: Checkpoint
  let bindings: [TaskBinding]

  /// - Throws: ``FileError`` when there is no run, no such checkpoint, or it does not fit.
  public init(_ folder: RunFolder, checkpoint name: Checkpoint.Name) throws {
    self.folder = folder
    configuration = try Configuration(of: folder)
    Runtime.threadCount =
      configuration.run.threads > 0 ? configuration.run.threads : ProcessInfo.processInfo.activeProcessorCount
    var unloaded = configuration
    unloaded.network.weights = nil  // The checkpoint replaces them.
    let tasks = try Self.tasks(of: folder, configuration)
    try configuration.check(availableTasks: tasks)
    bindings = configuration.bindings(to: tasks)
    network = try MultitaskNetwork(unloaded, bindings: bindings)
    checkpoint = try Checkpoint.load(name, in: folder)
    try checkpoint.restore(network, grownBy: configuration.makeMethod(), in: folder)
  }

  /// - Throws: ``FileError`` where the run has not kept its tasks, and its data are not there, or what it has kept are
  ///   none.
  private static func tasks(of folder: RunFolder, _ configuration: Configuration) throws -> [VisionTask] {
    guard FileManager.default.fileExists(atPath: folder.tasks.path) else {
      // Runs from before they were kept.
      return try DataSetup.availableTasks(configuration.data)
    }
    guard let saved = try? Data(contentsOf: folder.tasks),
      let tasks = try? JSONDecoder().decode([VisionTask].self, from: saved),
      tasks.map(\.name) == configuration.data.tasks
    else { throw FileError(folder.tasks, "does not hold the tasks of the run's configuration") }
    try VisionTask.check(tasks, of: folder.tasks)
    return tasks
  }

  /// Metrics on the validation data.
  ///
  /// - Throws: ``FileError`` where these are not there, or damaged.
  public func evaluate() throws -> Evaluation {
    let evaluator = Evaluator(
      try DataSetup(configuration), configuration, try Device(parsing: configuration.run.device))
    return try evaluator.evaluate(network, precision: configuration.run.precision)
  }

  /// What the network's tokens span, and where the tasks' gradients conflict at them, on training data.
  ///
  /// - Throws: ``MethodError`` for a network without tokens.
  public func analyzeTokens(sampleCount: Int, ratio: Double) throws -> TokenAnalysis {
    guard network.transformer != nil else {
      throw MethodError("\(configuration.network.encoder) has no tokens: token spaces are those of transformers")
    }
    let training = AdaptedTraining(
      network: network, data: try DataSetup(configuration), configuration: configuration,
      completedSteps: checkpoint.step)
    return try TokenAnalysis(tasks: network.tasks, ratio: ratio) {
      try training.forEachBatch(sampleCount: sampleCount, $0)
    }
  }

  /// The predictions for a picture of any size, as pictures of that size.
  public func predict(_ picture: Picture) -> [(task: String, picture: Picture)] {
    let image = PixelMap(picture).resizedBilinear(height: configuration.data.height, width: configuration.data.width)
    let input = Batch(
      [Sample(image: Normalization.imageNet(image), targets: [:])], tasks: [])
    let outputs = withoutGradients { network(input.images.to(network.store.device), .evaluation) }
    return zip(bindings, outputs).map { binding, output in
      // Enlarged as a picture: as numbers, large pictures with many classes would take gigabytes.
      let drawn = binding.drawing(prediction: output[0])
      return (binding.name, drawn.resizedNearest(height: picture.height, width: picture.width))
    }
  }
}
