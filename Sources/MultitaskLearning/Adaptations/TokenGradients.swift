import Torch

/// The gradients of each task's loss on a batch with respect to the tokens that enter each layer.
struct TokenGradients {
  /// Of each layer and task: batch × tokens × width.
  let byLayer: [[Tensor]]

  /// One forward pass, and for each task a backward pass to the tokens of all layers; none to the parameters.
  ///
  /// - Parameter observe: told the tokens of each layer.
  /// - Throws: ``NonFiniteError`` naming a task, ``MethodError`` where no tokens were told.
  init(_ objective: any TokenSharing, observing observe: (_ tokens: Tensor) -> Void = { _ in }) throws {
    var tokens: [Tensor] = []
    let features = objective.features {
      tokens.append($0)
      observe($0)
    }
    guard !tokens.isEmpty else { throw MethodError("the network has told no tokens that enter a layer") }
    let labels = objective.labelCounts
    let present = objective.tasks.indices.filter { labels[$0] > 0 }
    let losses = present.isEmpty ? [] : objective.losses(of: present, from: features)
    _ = try ForwardPass.finiteValues(of: losses, present.map { objective.tasks[$0] })
    let byTask = Dictionary(uniqueKeysWithValues: zip(present, gradientsOfEach(losses, withRespectTo: tokens)))
    byLayer = tokens.enumerated().map { layer, tokens in
      objective.tasks.indices.map { byTask[$0]?[layer]?.detached() ?? tokens.detached().zerosLike() }
    }
  }

  var sampleCount: Int { byLayer[0][0].shape[0] }

  var byteCount: Int { byLayer.joined().reduce(0) { $0 + $1.count * $1.dtype.byteCount } }
}
