import Detection
import Foundation
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionMetrics

extension DetectionWorkload {
  /// Returns the network's metrics on the validation data.
  ///
  /// - Throws: ``ConfigurationError`` if no object is to be found in them.
  public func evaluate() throws -> Evaluation {
    var tally = DetectionTally()
    var losses = DetectionLosses()
    let loader = try validationLoader()
    defer { loader.close() }
    for position in 0..<loader.batchesPerEpoch {
      let batch = DetectionBatch(try loader.next(), task: task, on: device)
      withoutGradients {
        let pyramid = detector.features(batch.images, .evaluation)
        let found = detector.heads.detections(in: pyramid, sizes: batch.sizes)
        for (annotations, objects) in zip(batch.annotations, found) { tally.add(annotations, objects) }
        // The same draws in every evaluation of every run.
        losses.add(detector.heads, pyramid, batch, SeededDrawing(seed: 0, step: position))
      }
    }
    guard tally.objectCount > 0 else { throw lacksObjects(.validation, try samples().validation.count) }
    return Evaluation(
      tasks: DetectionTally.Subject.allCases.map { subject in
        TaskEvaluation(
          task: subject.rawValue, loss: losses.mean(of: subject.loss), metrics: tally.results(subject))
      })
  }

  /// Returns what is reached by finding nothing, and, in `occlusion`, by telling of every object what is true of most
  /// objects that are trained on. Losses are those of a network that leaves each answer open.
  ///
  /// - Throws: ``ConfigurationError`` if no object is to be found in the validation data.
  public func evaluateTrivially() throws -> Evaluation {
    var tally = DetectionTally()
    var objects: [ObjectAnnotation] = []
    let loader = try validationLoader()
    defer { loader.close() }
    for _ in 0..<loader.batchesPerEpoch {
      for annotations in try loader.next().objects[task] ?? [] {
        tally.add(annotations, [])
        objects += annotations.filter { !$0.isCrowd && $0.visibleMask.area > 0 }
      }
    }
    guard tally.objectCount > 0 else { throw lacksObjects(.validation, try samples().validation.count) }
    let occlusion = TrivialOcclusion(try survey().objects)
    return Evaluation(
      tasks: DetectionTally.Subject.allCases.map { subject in
        TaskEvaluation(
          task: subject.rawValue, loss: log(2),
          metrics: subject == .occlusion ? occlusion.results(on: objects) : tally.results(subject))
      })
  }

  /// Returns how well each loss's question is answered, from 0 to 1: proposals by the average recall of boxes, the rest by
  /// the numbers that evaluations are judged by.
  public func performance(_ evaluation: Evaluation) -> [Double]? {
    DetectionLoss.allCases.map { loss in
      let task = evaluation.tasks.first { $0.task == loss.subject.rawValue }
      let metric = loss.isOfProposals ? task?.metrics.first { $0.name == "AR100" } : task?.primary
      return min(1, max(0, metric?.value ?? 0))
    }
  }

  private func validationLoader() throws -> BatchLoader {
    let (source, samples) = (try self.samples().validation, plan.samples)
    return BatchLoader(
      source, tasks: [plan.task], transforms: samples.evaluationTransforms, batchSize: samples.batchSize, seed: 0,
      isShuffled: false,
      endBatch: BatchLoader.batchesPerEpoch(
        sampleCount: source.count, batchSize: samples.batchSize, isShuffled: false),
      threads: samples.threadCount)
  }
}

extension DetectionTally.Subject {
  /// The loss that says most of it.
  fileprivate var loss: DetectionLoss {
    switch self {
    case .boxes: .objectClass
    case .visibleMasks: .visibleMask
    case .amodalMasks: .amodalMask
    case .occlusion: .occlusion
    }
  }
}

extension DetectionLoss {
  fileprivate var subject: DetectionTally.Subject {
    switch self {
    case .proposalClass, .proposalBox, .objectClass, .objectBox: .boxes
    case .visibleMask: .visibleMasks
    case .amodalMask: .amodalMasks
    case .occlusion: .occlusion
    }
  }

  fileprivate var isOfProposals: Bool {
    switch self {
    case .proposalClass, .proposalBox: true
    case .objectClass, .objectBox, .visibleMask, .amodalMask, .occlusion: false
    }
  }
}

/// The losses over a data set: the means over all images, and over those of batches with objects where a loss is about
/// objects alone.
private struct DetectionLosses {
  private var sums: [DetectionLoss: (loss: Double, images: Double)] = [:]
  private static let losses: [DetectionLoss] = [.objectClass, .visibleMask, .amodalMask, .occlusion]

  mutating func add(_ heads: DetectionHeads, _ pyramid: [Tensor], _ batch: DetectionBatch, _ drawing: SeededDrawing) {
    let objects = batch.objects
    let values = heads.losses(Self.losses, from: pyramid, objects, drawing: drawing, .evaluation)
    let hasObjects = objects.contains { !$0.objects.isEmpty }
    for (loss, value) in zip(Self.losses, values) where hasObjects || loss == .objectClass {
      let (sum, images) = sums[loss] ?? (0, 0)
      sums[loss] = (sum + value.item * Double(objects.count), images + Double(objects.count))
    }
  }

  func mean(of loss: DetectionLoss) -> Double {
    let (sum, images) = sums[loss] ?? (0, 0)
    return sum / max(1, images)
  }
}
