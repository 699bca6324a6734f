import Torch

/// A kit some of whose layers belong to tasks: each task has a copy of these, all others are shared. A convolution and its
/// normalization are layers of their own, and so are a linear layer and the normalization of its input.
///
/// The copies of the layer `layer1.0.conv1` are registered as `layer1.0.conv1.TASK`. A stream that tasks share parts at the
/// first layer that belongs to them, and shared layers behind it are applied to each stream: in training, a shared batch
/// normalization updates its statistics once for each task.
///
/// - Source: Shi et al., *Recon: Reducing Conflicting Gradients from the Root for Multi-Task Learning*, ICLR 2023.
public final class BranchedKit: LayerKit {
  /// The tasks that have copies.
  public let tasks: [String]
  /// Every layer that was asked for, by its name below the root, in the order in which the encoder asks.
  public private(set) var layers: [String] = []
  private let root: ParameterPath
  private let branched: Set<String>

  /// Creates a kit for the layers of one encoder.
  ///
  /// - Parameters:
  ///   - root: the place of the encoder.
  ///   - tasks: the tasks that have copies.
  ///   - branched: the layers that belong to the tasks, by their names below the root.
  public init(root: ParameterPath, tasks: [String], branched: Set<String>) {
    self.root = root
    self.tasks = tasks
    self.branched = branched
  }

  /// Makes a convolution and a batch normalization, each shared or for each task.
  public func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    LayerPair(
      first: layer(path) { Convolution($0, shape) },
      second: layer(norm) { BatchNormalization($0, channels: shape.outputs, momentum: shape.momentum) })
  }

  /// Makes a linear layer and the layer normalization of its input if there is one, each shared or for each task.
  public func linear(
    _ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape
  ) -> any StreamLayer {
    let normalization = norm.map { norm in
      layer(norm) { LayerNormalization($0, width: shape.inputs, epsilon: shape.epsilon) }
    }
    let linear = layer(path) { Linear($0, shape) }
    return normalization.map { LayerPair(first: $0, second: linear) } ?? linear
  }

  /// Makes a layer normalization, shared or for each task.
  public func finalNormalization(_ path: ParameterPath, width: Int, epsilon: Double) -> any StreamLayer {
    layer(path) { LayerNormalization($0, width: width, epsilon: epsilon) }
  }

  private func layer(_ path: ParameterPath, _ make: (ParameterPath) -> any Layer) -> any StreamLayer {
    let name = path.relativeName(to: root)
    layers.append(name)
    guard branched.contains(name) else { return StreamwiseLayer(layer: make(path)) }
    return TaskLayers(
      byTask: Dictionary(uniqueKeysWithValues: tasks.map { ($0, make(path[$0].reached(by: .task($0)))) }))
  }
}

/// Two layers one after the other.
private struct LayerPair: StreamLayer {
  let first: any StreamLayer
  let second: any StreamLayer

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    second(first(input, context), context)
  }
}

/// A layer of which the tasks of a context have one each.
private struct TaskLayers: StreamLayer {
  let byTask: [String: any Layer]

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    Streams(
      apart: zip(context.tasks, input.byTask(count: context.tasks.count)).map { task, stream in
        guard let layer = byTask[task] else {
          fatalError("a layer of each of the tasks \(byTask.keys.sorted()) is evaluated for '\(task)'")
        }
        return layer(stream, context)
      })
  }
}
