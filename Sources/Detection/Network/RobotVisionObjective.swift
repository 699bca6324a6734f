import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// The seven losses of the robot-vision system on a batch.
public struct RobotVisionObjective: MultitaskObjective {
  private let network: RobotVisionNetwork
  private let images: Tensor
  private let objects: [ImageObjects]
  private let drawing: any CandidateDrawing
  private let context: ForwardContext

  /// Creates the objective of a batch.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - images: batch × 6 × height × width.
  ///   - objects: the objects of each image.
  ///   - drawing: the source of the samples: ``SeededDrawing`` of the step.
  ///   - context: the circumstances of training; nothing is drawn from their generator.
  public init(
    _ network: RobotVisionNetwork, images: Tensor, objects: [ImageObjects], drawing: any CandidateDrawing,
    _ context: ForwardContext
  ) {
    self.network = network
    self.images = images
    self.objects = objects
    self.drawing = drawing
    self.context = context
  }

  /// The names of the losses, in the order of ``DetectionLoss``.
  public var tasks: [String] { network.tasks }

  /// One for each loss; zero for those about objects if there is none in the batch, so that they are absent from the step.
  public var labelCounts: [Double] {
    let hasObjects = objects.contains { !$0.objects.isEmpty }
    return DetectionLoss.allCases.map { hasObjects || $0.countsBackground ? 1 : 0 }
  }

  /// Returns the maps P2 to P5, from which all losses start.
  public func features(for tasks: [Int]) -> Features { .shared(network.features(images, context)) }

  /// Returns the losses of some positions in ``tasks``.
  public func losses(of tasks: [Int], from features: Features) -> [Tensor] {
    guard let first = tasks.first else { return [] }
    return network.heads.losses(
      tasks.map { DetectionLoss.allCases[$0] }, from: features.maps(of: first), objects, drawing: drawing, context)
  }
}
