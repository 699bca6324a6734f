import Foundation
import MultitaskLearning
import Support
import VisionNetworks

/// The network of a configuration or of a run, whose cost is asked for: `polymath cost`.
public struct CostSubject {
  /// What the network is called.
  public let name: String
  /// What the counts leave out: that pruning makes the network smaller; nil if they say all.
  public let note: String?
  private let count: (_ height: Int?, _ width: Int?) throws -> NetworkCost?

  /// Takes the network that a configuration describes, which is not built.
  ///
  /// - Throws: what is wrong with the configuration, as a training says it.
  public init(_ configuration: Configuration) throws {
    let resolved = try ResolvedConfiguration(configuration.withoutWeights)
    try resolved.check()
    name = resolved.factory.networkName(configuration)
    note = nil
    count = { try resolved.factory.cost(resolved, height: $0, width: $1) }
  }

  /// Takes the network of a run as it is now, grown or pruned.
  public init(_ run: TrainedRun) throws {
    let resolved = try ResolvedConfiguration(run.configuration.withoutWeights)
    name = resolved.factory.networkName(run.configuration)
    note = run.network.gateState.map { state in
      let fraction = Double(state.multiplyAdds) / Double(state.singleMultiplyAdds)
      return
        "counted as it is trained, with gates; pruned as these are in the checkpoint, it has \(String(format: "%.2f", fraction)) of the FLOPs of single-task networks (at the size that it was trained on)"
    }
    count = { try run.workload.cost(height: $0, width: $1) }
  }

  /// Counts a forward pass for one image.
  ///
  /// - Parameters:
  ///   - height: the height of the image; nil for that of the configuration.
  ///   - width: the width of the image; nil for that of the configuration.
  /// - Throws: `NetworkError` for sides that the network cannot take; ``ConfigurationError`` for a workload whose network
  ///   is not counted.
  public func cost(height: Int? = nil, width: Int? = nil) throws -> NetworkCost {
    guard let cost = try count(height, width) else {
      throw ConfigurationError("\(name): the network of this workload cannot be counted, as it takes more than images")
    }
    return cost
  }
}
