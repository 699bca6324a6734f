import Detection
import Foundation
import NeuralNetworks
import TestSupport
import Torch

/// The narrow system of the reference, filled by its formula, on its two images.
struct ReferenceSystem {
  let reference: Reference
  let network: RobotVisionNetwork
  let images: Tensor
  let objects: [ImageObjects]
  let proposals: [[BoundingBox]]

  init(_ dtype: DType) throws {
    reference = try detectionReference("model")
    var configuration = DetectorConfiguration()
    configuration.channels = reference["channels"].int
    configuration.canonicalSize = reference["canonical_box_size"].double
    configuration.anchorSampling = BalancedSampling(
      count: reference["rpn_batch_per_image"].int, foregroundFraction: reference["rpn_positive_fraction"].double)
    configuration.proposalSampling = BalancedSampling(
      count: reference["roi_batch_per_image"].int, foregroundFraction: reference["roi_positive_fraction"].double)
    configuration.detections.count = reference["inference"]["top"].int
    network = RobotVisionNetwork(configuration, seed: 0, dtype: dtype)
    Self.fill(network.store)
    images = FillFormula.image(reference["input"]["name"].string, reference["input"]["shape"].ints).to(dtype)
    objects = reference["scenes"].array.map { record in
      let scene = ReferenceScene(record)
      return ImageObjects(size: scene.size, objects: scene.objects)
    }
    proposals = reference["proposals"].array.map(\.boxes)
  }

  /// The system for tests that do not change it, one after another.
  static func cached(_ dtype: DType) throws -> ReferenceSystem {
    if let system = made[dtype] { return system }
    let system = try ReferenceSystem(dtype)
    made[dtype] = system
    return system
  }

  private nonisolated(unsafe) static var made: [DType: ReferenceSystem] = [:]

  /// The samples of the reference: candidates by ascending numbers of the fill formula.
  static let drawing = FixedDrawing { purpose, count in
    let name =
      switch purpose {
      case .foregroundAnchors: "rpn.positive"
      case .backgroundAnchors: "rpn.negative"
      case .foregroundProposals: "roi.positive"
      case .backgroundProposals: "roi.negative"
      }
    let keys = FillFormula.unit(name, count: count)
    return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// The fill formula, which in the heads has amplitudes that keep the size of rectified features.
  private static func fill(_ store: ParameterStore) {
    FillFormula.fill(store)
    withoutGradients {
      for parameter in store.allParameters where parameter.shape.count > 1 && !parameter.name.hasPrefix("backbone.") {
        let isEnlargement =
          parameter.name.hasSuffix("deconv.weight") || parameter.name.hasSuffix("extraction_mlc_layer0.weight")
        let fanIn = Double(parameter.shape.dropFirst().reduce(1, *))
        let amplitude = ((isEnlargement ? 24 : 6) / fanIn).squareRoot()
        let values = FillFormula.unit(parameter.name, count: parameter.value.count).map { Float(amplitude * $0) }
        parameter.value.copy(from: Tensor(values, shape: parameter.shape))
      }
    }
  }

  func losses(_ features: [Tensor], _ context: ForwardContext) -> [Tensor] {
    network.heads.losses(
      DetectionLoss.allCases, from: features, objects, drawing: Self.drawing, proposals: proposals, context)
  }
}
