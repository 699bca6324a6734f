import NeuralNetworks
import Torch
import VisionNetworks

// The network's lists of maps as methods see them.
extension MultitaskNetwork {
  var featureKind: Features.Kind { featuresDependOnTask ? .byTask : .shared }

  /// - Parameter maps: as the network gives them for these tasks.
  func features(_ maps: [Tensor], of tasks: [Int]) -> Features {
    guard featuresDependOnTask else { return .shared(maps) }
    let count = encoder.featureChannels.count
    return .byTask(
      Dictionary(
        uniqueKeysWithValues: tasks.enumerated().map { ($1, Array(maps[($0 * count)..<(($0 + 1) * count)])) }))
  }

  /// As the network takes them for these tasks.
  func maps(_ features: Features, of tasks: [Int]) -> [Tensor] {
    if case .shared(let maps) = features { maps } else { tasks.flatMap(features.maps) }
  }
}
