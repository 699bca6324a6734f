import NeuralNetworks
import Torch

extension MultitaskNetwork {
  /// The layers with gates, in the order of a forward pass; empty if the network's sharing has none.
  public var gatedLayers: [GatedLayer] { sharedEncoder.gates?.layers ?? [] }

  /// Returns what would remain of the encoder if its gates were fixed as they are now.
  ///
  /// - Parameter wanted: the positions of the tasks whose predictions are wanted, ascending; nil for all.
  /// - Throws: ``NetworkError`` if the network has no gates, or its decoders need more tasks than are wanted.
  public func staticLayout(for wanted: [Int]? = nil) throws -> StaticLayout {
    guard sharedEncoder.remainingChannels.isEmpty else {
      throw NetworkError("the network is pruned already: only one that still has its gates can be pruned")
    }
    guard !gatedLayers.isEmpty else {
      throw NetworkError("the network has no gates: only one that is trained with the sharing 'gates' can be pruned")
    }
    let wanted = wanted ?? Array(outputs.indices)
    if plan.decoder.traits.has(.exchange), wanted.count < outputs.count {
      throw NetworkError(
        "the tasks exchange features in the decoder \(plan.decoder.name): a static network needs all of them")
    }
    let trace = GateTrace()
    let features = withoutGradients { encoder(probeImage(), ForwardContext.tracing(trace).for(tasks: tasks)) }
    return StaticLayout(trace, features: features, tasks: tasks, wanted: wanted)
  }

  /// Returns the static network whose predictions are this network's: channels that nothing asks for are gone, and
  /// streams that are equal are computed once.
  ///
  /// - Parameter wanted: the positions of the tasks whose predictions are wanted, ascending; nil for all.
  /// - Throws: ``NetworkError`` as ``staticLayout(for:)``.
  public func pruned(for wanted: [Int]? = nil) throws -> MultitaskNetwork {
    let layout = try staticLayout(for: wanted)
    var plan = plan
    plan.sharing = StaticSharing(layout)
    plan.outputs = outputs.filter { layout.wanted.contains($0.task) }
    let network = MultitaskNetwork(plan, seed: 0, device: store.device, dtype: store.dtype)
    network.takeEntries(of: self, layout)
    return network
  }

  /// Gives a static network the values of the gated one that it was pruned from.
  ///
  /// - Parameters:
  ///   - gated: a network with gates, of the same encoder and decoders.
  ///   - layout: what remains of it, from ``staticLayout(for:)``; another one than this network's stops the process.
  public func takeEntries(of gated: MultitaskNetwork, _ layout: StaticLayout) {
    withoutGradients {
      for (name, target) in store.state {
        guard let source = gated.store.entry(name) else { continue }
        target.copy(from: source.selecting(sharedEncoder.remainingChannels[name] ?? [], toShape: target.shape))
      }
      for layer in gated.gatedLayers {
        guard let weights = store.entry("\(Self.encoderPath).mix.\(layer.name).weight"), let mix = layer.mix else {
          continue
        }
        weights.copy(from: Self.mixWeights(layout.layers[layer.name]!.mix, logits: mix.value))
      }
    }
  }

  /// The weight of each different channel: the sum of its tasks' weights.
  private static func mixWeights(_ channels: [StaticLayout.MixedChannel], logits: Tensor) -> Tensor {
    let weights: [[Double]] = logits.to(.float64).softmax(axis: 0).unbound().map { $0.array() }
    let sums = channels.flatMap { channel in
      (0..<channel.termCount).map { term in
        channel.classes.indices.filter { channel.classes[$0] == term }
          .reduce(0) { $0 + weights[$1][channel.channel] }
      }
    }
    return Tensor(sums, shape: [sums.count]).to(logits.dtype).to(logits.device)
  }
}

extension Tensor {
  /// The entries at some positions of the axis in which a wanted shape differs; the tensor itself if none does.
  fileprivate func selecting(_ positions: [Int], toShape wanted: [Int]) -> Tensor {
    guard let axis = zip(shape, wanted).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
      return self
    }
    return selecting(Tensor(positions, shape: [positions.count]).to(device), axis: axis)
  }
}
