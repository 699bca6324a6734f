import MultitaskLearning
import NeuralNetworks
import Torch

/// The way of sharing of a pruned network: each layer has those channels that the gates of a trained network have
/// chosen, and gates are no more.
///
/// - Source: *GatedMTL: Learning to Share, Specialize, and Prune Representations for Multi-Task Learning* (later
///   *InterroGate*), 2023.
public struct StaticSharing: Sharing {
  /// What remains of each layer.
  public let layout: StaticLayout

  /// Creates the way of sharing of a layout.
  public init(_ layout: StaticLayout) { self.layout = layout }

  /// The encoder's layers have to come from a kit.
  public var requirements: Set<EncoderTraits.Capability> { [.kitLayers] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// The shared copy of a layer reads the streams of all tasks: true.
  public var exchangesStreams: Bool { true }

  /// Builds an encoder with the channels that remain. Tasks that the layout does not give stop the process.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let kit = StaticKit(root: path, layout)
    let encoder = entry.make(path, request, kit: kit)
    let positions = tasks.map { task -> Int in
      guard layout.wanted.contains(task) else {
        fatalError("the static network gives \(layout.wanted), but '\(task)' is asked for")
      }
      return layout.tasks.firstIndex(of: task)!
    }
    var shared = SharedEncoder(
      SelectingEncoder(encoder: encoder, positions: positions, count: layout.tasks.count), origin: { _ in nil })
    shared.remainingChannels = kit.remainingChannels
    return shared
  }
}

/// An encoder with streams of more tasks than those whose features are wanted.
private struct SelectingEncoder: Encoder {
  let encoder: any Encoder
  let positions: [Int]
  let count: Int

  var featureChannels: [Int] { encoder.featureChannels }
  var featureNames: [String] { encoder.featureNames }
  var featureStrides: [Int] { encoder.featureStrides }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    encoder(images, context).map { $0.selecting(positions, count: count) }
  }
}
