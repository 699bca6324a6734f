import NeuralNetworks
import Torch

extension MultitaskNetwork {
  /// Returns the cost of what pruning leaves of the network, as a function of its gates; a network without gates stops
  /// the process.
  public func gateCost() -> GateCost {
    guard let gates = sharedEncoder.gates else { fatalError("the network has no gates") }
    if let known = gates.cost { return known }
    let request = plan.request
    let trace = GateTrace()
    let context = ForwardContext.tracing(trace).for(tasks: tasks)
    let all = Array(outputs.indices)
    let streams = store.withShapesOnly {
      withoutGradients {
        trace.counting {
          let image = Tensor.empty(
            [1, request.imageChannels, request.imageHeight, request.imageWidth], dtype: store.dtype, device: .meta)
          let streams = encoder(image, context)
          let size = (height: request.imageHeight, width: request.imageWidth)
          _ = predictions(of: all, from: features(streams, of: all), size: size, context)
          return streams
        }
      }
    }
    let cost = GateCost(trace, features: streams, layers: gatedLayers.map(\.name), taskCount: all.count)
    gates.cost = cost
    return cost
  }

  /// Checks whether the gates can reach the cost that the way of sharing asks for, and lets them follow it.
  ///
  /// - Throws: ``NetworkError`` for a target below the cost of hard sharing.
  public func checkGates() throws {
    guard let gates = sharedEncoder.gates, gates.sharing.flops != nil else { return }
    _ = try gates.target(gateCost(), taskCount: tasks.count)
  }

  /// The gates as they are now, with the cost of what pruning would leave; nil if the network has none.
  public var gateState: GateState? {
    guard let gates = sharedEncoder.gates else { return nil }
    let cost = gateCost()
    return GateState(
      multiplyAdds: cost.multiplyAdds(gatedLayers.map { $0.pattern() }), singleMultiplyAdds: cost.single,
      weight: gates.weight,
      softFractions: withoutGradients { GateSparsity.fractions(of: gatedLayers).array() },
      ownFractions: Dictionary(
        uniqueKeysWithValues: gatedLayers.flatMap { $0.ownFractions().map { ($0.name, $0.fractions) } }),
      mixFractions: Dictionary(
        uniqueKeysWithValues: gatedLayers.compactMap { layer in layer.mixFractions().map { (layer.name, $0) } }))
  }

  /// The parameters that stay as they are from some step on, although gradients may have moved them before: gates and
  /// mixes with `freezeGatesAfter`; empty if there are none.
  public var freezingParameters: [Parameter] {
    guard let gates = sharedEncoder.gates, gates.sharing.freezesAfter != nil else { return [] }
    return gates.layers.flatMap { [$0.gates, $0.mix].compactMap { $0 } }
  }

  /// Prepares the gates for a step of training.
  public func willStep(_ completed: Int, of total: Int) {
    guard let gates = sharedEncoder.gates else { return }
    if gates.sharing.flops != nil { _ = gateCost() }
    gates.willStep(completed, of: total)
  }

  /// Ends a step of the gates.
  public func didStep() { sharedEncoder.gates?.didStep() }

  /// How far the penalty can move a gate in some steps, if that is less than gates are from their thresholds at the
  /// start; nil otherwise.
  public func gateNote(steps: Int) -> String? {
    guard let gates = sharedEncoder.gates, gates.sharing.flops == nil, gates.sharing.sparsity.kind != .none else {
      return nil
    }
    let sharing = gates.sharing
    let moved = sharing.movingSteps(of: steps) ?? steps
    guard moved > 0 else { return nil }
    let partCount = gatedLayers.reduce(0) { $0 + $1.partCount }
    // The slope of the sigmoid is at most a quarter.
    let reaches = gatedLayers.map { layer in
      Double(moved) * sharing.learningRate * sharing.sparsity.weight * Double(layer.partCount)
        / Double(4 * tasks.count * partCount * layer.gates.shape[1])
    }
    guard let least = reaches.min(), let most = reaches.max(), most < sharing.start.gate else { return nil }
    return
      "in \(moved) steps, the penalty can move a gate by at most \(Self.brief(least)) to \(Self.brief(most)), depending on its layer, but gates start \(Self.brief(sharing.start.gate)) from their thresholds: a larger network.sharing.lambda or a smaller network.sharing.start lets it decide"
  }

  private static func brief(_ number: Double) -> String {
    let scale = max(1e-9, abs(number))
    var digits = 1.0
    while scale * digits < 10 { digits *= 10 }
    return "\((number * digits).rounded() / digits)"
  }
}
