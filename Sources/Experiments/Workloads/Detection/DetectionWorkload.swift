import Detection
import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionMetrics

/// The robot-vision system: from color and depth to boxes, visible and amodal masks and occlusion of the objects of a bin.
///
/// Its seven losses are the seven tasks. Evaluations tell of `boxes`, `visible-masks`, `amodal-masks` (COCO's numbers, all
/// classes as one) and `occlusion`, in images of the size that the network takes. The anchors and regions that count in the
/// losses are drawn by the seed and the number of the batch alone, so that all methods of a study see the same ones.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*.
public final class DetectionWorkload: ImagePredicting {
  let plan: DetectionPlan
  let detector: RobotVisionNetwork
  private var opened: (samples: OpenedSamples, survey: ObjectSurvey)?

  /// The name of what ``predict(_:)`` draws.
  static let drawingName = "objects"

  /// Builds the network, with pretrained weights if the plan names some. The data are opened when they are needed.
  init(_ plan: DetectionPlan) throws {
    self.plan = plan
    detector = try plan.makeNetwork()
  }

  /// The network of two encoders and seven losses.
  public var network: any AdaptableNetwork { detector }
  /// What is judged: boxes, visible and amodal masks, and occlusion.
  public var evaluatedNames: [String] { DetectionTally.Subject.allCases.map(\.rawValue) }

  var task: String { plan.task.name }
  var device: Device { detector.store.device }

  /// The samples, which are opened once.
  ///
  /// - Throws: what is wrong with them; ``ConfigurationError`` for depth in another unit, and if there is no object.
  func samples() throws -> OpenedSamples { try open().samples }

  /// What the first training samples hold.
  func survey() throws -> ObjectSurvey { try open().survey }

  private func open() throws -> (samples: OpenedSamples, survey: ObjectSurvey) {
    if let opened { return opened }
    let resolved = plan.resolved
    let dataset = try resolved.dataset.open()
    try plan.requireStatistics(sampleCount: dataset.training.count)
    try KeptTasks.requireSame([plan.task], resolved.configuration.data.chosenTasks(among: dataset.tasks))
    let samples = try OpenedSamples(dataset, of: resolved, plan.samples) { [plan] source, purpose in
      CheckedObjects(
        source: source, purpose: purpose, task: plan.task.name, depthRange: plan.depthRange,
        folder: resolved.configuration.data.folder)
    }
    let survey = try ObjectSurvey(samples.training, task: task)
    guard !survey.objects.isEmpty else { throw lacksObjects(.training, samples.training.count) }
    opened = (samples, survey)
    return (samples, survey)
  }

  func lacksObjects(_ purpose: OpenedSamples.Purpose, _ count: Int) -> ConfigurationError {
    let folder = plan.resolved.configuration.data.folder.map { "\($0): " } ?? ""
    return ConfigurationError(
      "\(folder)none of the \(count) \(purpose.rawValue) samples has an object of which a pixel is seen: detection needs some"
    )
  }

  /// Returns what is to be said about the choice of the samples, about objects that are left out, and about the cache; nil
  /// if there is nothing to say.
  public func note() throws -> String? {
    let notes = [try samples().note(), try survey().note].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  /// Opens the training data at a part of a batch, counted from 0.
  public func trainingBatches(from first: Int) throws -> any TrainingBatches {
    let (samples, seed) = (plan.samples, plan.resolved.configuration.run.seed)
    let loader = BatchLoader(
      try self.samples().training, tasks: [plan.task], transforms: samples.trainingTransforms,
      batchSize: samples.batchSize, seed: seed, firstBatch: first, threads: samples.threadCount)
    return LoadedBatches(loader, from: first) { [self] parts, first, context, _ in
      parts.enumerated().map { part, batch in
        let batch = DetectionBatch(batch, task: task, on: device)
        return RobotVisionObjective(
          detector, images: batch.images, objects: batch.objects,
          drawing: SeededDrawing(seed: seed, step: first + part), context)
      }
    }
  }

  /// Writes the meaning of the task to a run's folder.
  public func keep(in folder: RunFolder) throws { try KeptTasks.write([plan.task], to: folder) }
  /// Checks that the task means what it meant in a run.
  ///
  /// - Throws: `FileError` that names what has changed.
  public func requireSame(asIn folder: RunFolder) throws { try KeptTasks.requireSame([plan.task], asIn: folder) }
}
