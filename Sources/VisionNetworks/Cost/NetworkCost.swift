import NeuralNetworks
import Torch

/// What a forward pass of a network costs for one image: counted from the operators that run, on tensors without elements,
/// so that the count itself costs next to nothing, however large the network is.
public struct NetworkCost: Sendable, Equatable {
  /// What a forward pass for one task costs.
  public struct Task: Sendable, Equatable {
    /// The name of the task.
    public let name: String
    /// The cost of the task's prediction, when no other is asked for. Its `usedParameterCount` is the
    /// number of parameters that the prediction needs.
    public let cost: ForwardCost
  }

  /// The height of the image, in pixels.
  public let height: Int
  /// The width of the image, in pixels.
  public let width: Int
  /// The number of elements of all parameters, also of those that a forward pass does not use.
  public let parameterCount: Int
  /// The cost of the predictions of all tasks together.
  public let together: ForwardCost
  /// The cost of each task's prediction by itself, in the network's order.
  public let tasks: [Task]

  /// The multiply-adds of all predictions together.
  public var multiplyAdds: Int { together.multiplyAdds }
  /// The floating-point operations of all predictions together, two for a multiply-add.
  public var flops: Int { together.flops }

  /// Counts a network as it is, in evaluation. Its values are not touched.
  ///
  /// - Parameters:
  ///   - network: a network, which may have grown or been pruned.
  ///   - height: the height of the image, in pixels.
  ///   - width: the width of the image, in pixels.
  /// - Throws: ``NetworkError`` for sides that the network cannot take.
  public init(of network: MultitaskNetwork, height: Int, width: Int) throws {
    try network.plan.check(height: height, width: width)
    let plan = network.plan
    guard !plan.takesOneSize || (height, width) == (plan.request.imageHeight, plan.request.imageWidth)
    else {
      throw NetworkError(
        "the network takes images of the size for which it was built, \(plan.request.imageHeight)×\(plan.request.imageWidth), not \(height)×\(width)"
      )
    }
    let counted = network.store.withShapesOnly { () -> (ForwardCost, [Task]) in
      func cost(_ tasks: [Int]) -> ForwardCost {
        let image = Tensor.empty(
          [1, plan.request.imageChannels, height, width], dtype: network.store.dtype, device: .meta)
        return ForwardCost(of: network.store, images: image) { _ = network($0, tasks: tasks, .evaluation) }
      }
      let all = Array(network.tasks.indices)
      let together = cost(all)
      let alone = all.map { Task(name: network.tasks[$0], cost: all.count == 1 ? together : cost([$0])) }
      return (together, alone)
    }
    self.height = height
    self.width = width
    parameterCount = network.store.parameterCount
    (together, tasks) = counted
  }

  /// Counts a network that is not built, for images of the size in its request.
  ///
  /// - Throws: ``NetworkError`` for parts that do not fit together, or sides that the network cannot take.
  public init(of plan: NetworkPlan) throws {
    try plan.check()
    try plan.check(height: plan.request.imageHeight, width: plan.request.imageWidth)
    try self.init(
      of: MultitaskNetwork(plan, seed: 0, device: .meta), height: plan.request.imageHeight,
      width: plan.request.imageWidth)
  }
}

extension NetworkPlan {
  /// Checks whether the network can take images of a size.
  ///
  /// - Throws: ``NetworkError`` that says of what both sides have to be multiples.
  public func check(height: Int, width: Int) throws {
    guard height > 0, width > 0, height % sizeMultiple == 0, width % sizeMultiple == 0 else {
      let parts =
        sizeMultiple == encoder.traits.sizeMultiple
        ? encoder.name : "\(encoder.name) with the decoder \(decoder.name)"
      throw NetworkError(
        "images of \(height)×\(width) do not fit \(parts): both sides have to be multiples of \(sizeMultiple)")
    }
  }
}
