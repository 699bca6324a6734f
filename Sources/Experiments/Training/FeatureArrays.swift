import NeuralNetworks
import Torch
import VisionNetworks

extension MultitaskNetwork {
  func features(_ images: Tensor, tasks: [Int], _ context: ForwardContext) -> [Tensor] {
    arrays(features(images, for: tasks, context), tasks)
  }

  func arrays(_ features: Features, _ tasks: [Int]) -> [Tensor] {
    featureKind == .byTask ? tasks.flatMap { features.maps(of: $0) } : features.maps(of: 0)
  }

  func outputs(of tasks: [Int], from features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext)
    -> [Tensor]
  {
    guard featureKind == .byTask else {
      return predictions(of: tasks, from: .shared(features), size: size, context).map(\.output)
    }
    let count = encoder.featureChannels.count
    let maps = tasks.indices.map { Array(features[($0 * count)..<(($0 + 1) * count)]) }
    return predictions(
      of: tasks, from: .byTask(Dictionary(uniqueKeysWithValues: zip(tasks, maps))), size: size, context
    ).map(\.output)
  }
}
