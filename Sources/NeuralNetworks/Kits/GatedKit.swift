import Torch

/// A kit of gated layers: each task has a copy of every layer, beside one that all share.
///
/// With `root` as the place of the encoder, the copies of its layer `layer1.0.conv1` are registered below
/// `root.task.TASK.layer1.0.conv1` and `root.shared.layer1.0.conv1`, and the gates below `root.gates.layer1.0.conv1`, in
/// the optimizer group ``optimizerGroup``.
///
/// - Source: *GatedMTL: Learning to Share, Specialize, and Prune Representations for Multi-Task Learning* (later
///   *InterroGate*), 2023.
public final class GatedKit: LayerKit {
  /// The name of the optimizer group that gates and mixes are in.
  public static let optimizerGroup = "gates"

  /// The tasks that have copies of their own.
  public let tasks: [String]
  /// Every gated layer, in the order in which it was asked for.
  public private(set) var layers: [GatedLayer] = []
  private let root: ParameterPath
  private let start: Start
  private let gatesEmbedding: Bool

  /// The first values of gates and mixes.
  public struct Start: Sendable, Equatable {
    /// The size of every gate's logit; channels start as the task's own or shared by its sign.
    public var gate: Double
    /// The fraction of channels that start as the task's own, from 0 to 1.
    public var ownFraction: Double
    /// The logit of every mix; as it is the same for each task, they start with equal weights.
    public var mix: Double

    /// Creates first values; by default, all channels are the tasks' own, near the threshold.
    public init(gate: Double = 0.01, ownFraction: Double = 1, mix: Double = 0) {
      self.gate = gate
      self.ownFraction = ownFraction
      self.mix = mix
    }
  }

  /// Creates a kit for the layers of one encoder.
  ///
  /// - Parameters:
  ///   - root: the place of the encoder.
  ///   - tasks: the tasks that have copies of their own.
  ///   - start: the first values of gates and mixes.
  ///   - gatesEmbedding: whether the embedding of patches is gated, too, or shared by all tasks.
  public init(root: ParameterPath, tasks: [String], start: Start = Start(), gatesEmbedding: Bool = true) {
    self.root = root
    self.tasks = tasks
    self.start = start
    self.gatesEmbedding = gatesEmbedding
  }

  /// Makes a gated convolution, each copy of which has a batch normalization of its own.
  public func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    layer(path.relativeName(to: root), from: shape.inputs, to: shape.outputs, axis: .maps) { copy in
      PlainKit.normalizedConvolution(path.moved(from: root, to: copy), norm.moved(from: root, to: copy), shape)
    }
  }

  /// Makes a gated linear layer, each copy of which has a layer normalization of its own if there is one.
  public func linear(
    _ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape
  ) -> any StreamLayer {
    layer(path.relativeName(to: root), from: shape.inputs, to: shape.outputs, parts: shape.parts, axis: .tokens) {
      copy in
      PlainKit.normalizedLinear(path.moved(from: root, to: copy), norm?.moved(from: root, to: copy), shape)
    }
  }

  /// Makes a gated embedding, or one that all tasks share.
  public func embedding(
    _ path: ParameterPath, named name: String, to outputs: Int,
    _ make: (_ path: ParameterPath, _ outputs: Int) -> any Layer
  ) -> any StreamLayer {
    func copy(_ place: ParameterPath) -> any Layer {
      make(path.isAt(root) ? place : path.moved(from: root, to: place), outputs)
    }
    guard gatesEmbedding else { return SharedLayer(copy(root["shared"])) }
    return layer(name, from: nil, to: outputs, axis: .tokens, copy)
  }

  /// Makes a layer normalization for each task.
  public func finalNormalization(_ path: ParameterPath, width: Int, epsilon: Double) -> any StreamLayer {
    OwnLayers(
      tasks.map { task in
        LayerNormalization(path.moved(from: root, to: root["task", task]), width: width, epsilon: epsilon)
      })
  }

  /// - Parameter inputs: the number of channels that are mixed; nil for a layer of images.
  private func layer(
    _ name: String, from inputs: Int?, to outputs: Int, parts: Int = 1, axis: ChannelAxis,
    _ make: (_ root: ParameterPath) -> any Layer
  ) -> any StreamLayer {
    let own = tasks.map { make(root["task", $0]) }
    let shared = make(root["shared"])
    let path = root["gates", name].optimized(in: Self.optimizerGroup)
    let gates = path.parameter("alpha", [tasks.count, outputs], gateStart)
    let isFirst = layers.isEmpty
    let mix = isFirst ? nil : inputs.map { path.parameter("beta", [tasks.count, $0], .constant(start.mix)) }
    let layer = GatedLayer(name, own: own, shared: shared, gates: gates, mix: mix, parts: parts, axis: axis)
    layers.append(layer)
    return layer
  }

  private var gateStart: Initialization {
    start.ownFraction == 1
      ? .constant(start.gate) : .signs(size: start.gate, positiveFraction: start.ownFraction)
  }
}
