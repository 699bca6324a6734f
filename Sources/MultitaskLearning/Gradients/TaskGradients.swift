import Support
import Torch

/// The gradients of several losses with respect to parameters that they share: a backward pass for each loss.
///
/// With it, a method serves a training loop of one's own:
///
///     let parameters = [weight, bias]
///     var aggregator = UPGrad()
///     var generator = SeededGenerator(seed: 0)
///     for batch in batches {
///       let losses = losses(of: parameters, on: batch)
///       let gradients = taskGradients(of: losses, withRespectTo: parameters)
///       let direction = try aggregator.direction(of: gradients, using: &generator)
///       withoutGradients {
///         for (parameter, part) in zip(parameters, gradients.parts(of: direction)) {
///           parameter.add(inPlace: part, scale: -0.1)
///         }
///       }
///     }
///
/// - Parameters:
///   - losses: K tensors of one element each, which were computed from the parameters with a graph; that is freed.
///   - parameters: tensors of one dtype on one device that require gradients, in any shapes.
/// - Returns: G, K×d, with d the number of all parameters' elements; a loss that does not reach a parameter has zeros there.
///   Its segments are named by the parameters' positions: `0`, `1`, ….
public func taskGradients(of losses: [Tensor], withRespectTo parameters: [Tensor]) -> DenseTaskGradients {
  require(
    !losses.isEmpty && !parameters.isEmpty, "gradients of \(losses.count) losses by \(parameters.count) parameters")
  for (task, loss) in losses.enumerated() {
    require(loss.count == 1, "a loss is one number, but loss \(task) (from 0) is \(loss.signature)")
    require(loss.requiresGradient, "loss \(task) (from 0), \(loss.signature), was computed without a graph")
  }
  for (index, parameter) in parameters.enumerated() {
    require(parameter.requiresGradient, "parameter \(index) (from 0), \(parameter.signature), requires no gradient")
    require(
      parameter.dtype == parameters[0].dtype && parameter.device == parameters[0].device,
      "parameters of one dtype on one device are needed, not \(parameters[0].signature) and \(parameter.signature)")
  }
  let rows = gradientsOfEach(losses, withRespectTo: parameters).map { row in
    zip(row, parameters).map { $0?.detached().contiguous() ?? $1.detached().zerosLike() }
  }
  var width = 0
  let segments = parameters.enumerated().map { index, parameter in
    defer { width += parameter.count }
    return GradientSegment(name: "\(index)", columns: width..<(width + parameter.count))
  }
  let blocks = segments.enumerated().map { index, segment in
    GradientBlock(columns: segment.columns, rows: rows.map { $0[index] })
  }
  return DenseTaskGradients(blocks: blocks, width: width, segments: segments, shapes: parameters.map(\.shape))
}
