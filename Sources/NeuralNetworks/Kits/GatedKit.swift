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
  /// Every parameter of a copy that has a part for each output channel.
  public private(set) var copies: [Copy] = []
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

  /// A parameter of a layer's copy, with a part for each output channel.
  public struct Copy {
    /// The position of the layer in ``GatedKit/layers``.
    public let layer: Int
    /// The position of the task whose copy it is; nil for the shared one.
    public let task: Int?
    /// The parameter.
    public let parameter: Parameter
    /// The axis of output channels.
    public let axis: Int
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
    layer(LayerCopies(below: root, convolution: path, norm, shape), from: shape.inputs)
  }

  /// Makes a gated linear layer, each copy of which has a layer normalization of its own if there is one.
  public func linear(
    _ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape
  ) -> any StreamLayer {
    layer(LayerCopies(below: root, linear: path, norm, shape), from: shape.inputs, partNames: shape.partNames)
  }

  /// Makes a gated embedding, or one that all tasks share.
  public func embedding(
    _ path: ParameterPath, named name: String, to outputs: Int,
    _ make: @escaping (_ path: ParameterPath, _ outputs: Int) -> any Layer
  ) -> any StreamLayer {
    let copies = LayerCopies(below: root, embedding: path, named: name, to: outputs, make)
    return gatesEmbedding ? layer(copies, from: nil) : SharedLayer(copies.make(root["shared"], outputs))
  }

  /// Makes a layer normalization for each task.
  public func finalNormalization(_ path: ParameterPath, width: Int, epsilon: Double) -> any StreamLayer {
    OwnLayers(
      tasks.map { task in
        LayerNormalization(path.moved(from: root, to: root["task", task]), width: width, epsilon: epsilon)
      })
  }

  /// - Parameter inputs: the number of channels that are mixed; nil for a layer of images.
  private func layer(_ copies: LayerCopies, from inputs: Int?, partNames: [String] = []) -> any StreamLayer {
    let own = tasks.indices.map { make(copies, for: $0) }
    let shared = make(copies, for: nil)
    let path = root["gates", copies.name].optimized(in: Self.optimizerGroup)
    let gates = path.parameter("alpha", [tasks.count, copies.outputs], gateStart)
    let isFirst = layers.isEmpty
    let mix = isFirst ? nil : inputs.map { path.parameter("beta", [tasks.count, $0], .constant(start.mix)) }
    let layer = GatedLayer(
      copies.name, own: own, shared: shared, gates: gates, mix: mix, partNames: partNames, axis: copies.axis)
    layers.append(layer)
    return layer
  }

  /// Registers a task's copy, or the shared one if the task is nil.
  private func make(_ copies: LayerCopies, for task: Int?) -> any Layer {
    let known = root.entryCount
    let layer = copies.make(task.map { root["task", tasks[$0]] } ?? root["shared"], copies.outputs)
    for parameter in root.parameters(from: known) {
      // Positions and class tokens have their channels last, everything else first.
      let axis = parameter.shape.count == 3 ? 2 : 0
      guard parameter.shape[axis] == copies.outputs else { continue }
      self.copies.append(Copy(layer: layers.count, task: task, parameter: parameter, axis: axis))
    }
    return layer
  }

  private var gateStart: Initialization {
    start.ownFraction == 1
      ? .constant(start.gate) : .signs(size: start.gate, positiveFraction: start.ownFraction)
  }
}
