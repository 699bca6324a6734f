import Support
import Torch

/// A kit of the layers that remain of a gated network when its gates are fixed.
///
/// With `root` as the place of the encoder, the copies of its layer `layer1.0.conv1` are registered below
/// `root.task.TASK.layer1.0.conv1` and `root.shared.layer1.0.conv1` with the output channels that remain, and the weights
/// of the mix below `root.mix.layer1.0.conv1`.
public final class StaticKit: LayerKit {
  /// What remains of each layer.
  public let layout: StaticLayout
  /// Of every entry of a copy, the output channels of the gated network's entry that remain.
  public private(set) var remainingChannels: [String: [Int]] = [:]
  private let root: ParameterPath

  /// Creates a kit for the layers of one encoder.
  ///
  /// - Parameters:
  ///   - root: the place of the encoder.
  ///   - layout: what remains of each of the encoder's layers.
  public init(root: ParameterPath, _ layout: StaticLayout) {
    self.root = root
    self.layout = layout
  }

  /// Makes what remains of a gated convolution, each copy of which has a batch normalization of its own. As copies have any
  /// number of channels, kernels are added where that is quicker.
  public func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    layer(LayerCopies(below: root, convolution: path, norm, shape, computedBy: BlockedConvolution.init))
  }

  /// Makes what remains of a gated linear layer, each copy of which has a layer normalization of its own if there is one.
  public func linear(
    _ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape
  ) -> any StreamLayer {
    layer(LayerCopies(below: root, linear: path, norm, shape))
  }

  /// Makes what remains of a gated embedding, or one that all tasks share.
  public func embedding(
    _ path: ParameterPath, named name: String, to outputs: Int,
    _ make: @escaping (_ path: ParameterPath, _ outputs: Int) -> any Layer
  ) -> any StreamLayer {
    let copies = LayerCopies(below: root, embedding: path, named: name, to: outputs, make)
    guard layout.layers[name] != nil else { return SharedLayer(copies.make(root["shared"], outputs)) }
    return layer(copies)
  }

  /// Makes a layer normalization for each task whose features are wanted.
  public func finalNormalization(_ path: ParameterPath, width: Int, epsilon: Double) -> any StreamLayer {
    OwnLayers(
      layout.tasks.map { task in
        guard layout.wanted.contains(task) else { return nil }
        return LayerNormalization(path.moved(from: root, to: root["task", task]), width: width, epsilon: epsilon)
      })
  }

  private func layer(_ copies: LayerCopies) -> any StreamLayer {
    guard let remaining = layout.layers[copies.name] else {
      fatalError("the layout has no layer '\(copies.name)': it belongs to another encoder")
    }
    return StaticLayer(
      remaining, channels: copies.outputs, axis: copies.axis, mixPath: root["mix", copies.name]
    ) { task, outputs in
      let known = root.entryCount
      let copy = copies.make(task.map { root["task", layout.tasks[$0]] } ?? root["shared"], outputs)
      for entry in root.entries(from: known) {
        remainingChannels[entry] = task.map { remaining.own[$0] } ?? remaining.shared
      }
      return copy
    }
  }
}
