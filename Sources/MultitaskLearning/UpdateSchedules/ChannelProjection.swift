import Torch

/// Protects every channel's priority task: what another task's gradient has against it, on the channels of that priority,
/// is taken out. Everything else is the plain sum.
///
/// With `G_{i,j}` task j's gradient on the channels of priority i: where `G_{i,i}·G_{i,j} < 0`,
/// `G_{i,j} −= (G_{i,i}·G_{i,j} / ‖G_{i,i}‖²) G_{i,i}`.
///
/// - Source: the paper on connection strength, section 3.4.
package struct ChannelProjection: GradientAggregator {
  /// Of each shared convolution, by its weight's name: the priority task of each output channel.
  let priorities: [String: [Int]]

  package init(priorities: [String: [Int]]) { self.priorities = priorities }

  package func direction(
    of gradients: any TaskGradients, losses: [Double], using generator: inout SeededGenerator
  ) throws -> Tensor {
    guard let dense = gradients as? DenseTaskGradients else {
      throw MethodError("connection strength looks at channels: it needs the whole gradient matrix")
    }
    let sum = gradients.combined([Double](repeating: 1, count: gradients.taskCount))
    withoutGradients {
      for segment in dense.segments {
        guard let priority = priorities[segment.name] else { continue }
        let rows = dense.rows[.all, segment.columns].reshaped([gradients.taskCount, priority.count, -1])
        sum[segment.columns].add(inPlace: Self.correction(rows, priority).flattened())
      }
    }
    return sum
  }

  /// What the projections change in the sum.
  ///
  /// - Parameters:
  ///   - rows: tasks × output channels × elements.
  ///   - priority: of each channel.
  /// - Returns: output channels × elements.
  static func correction(_ rows: Tensor, _ priority: [Int]) -> Tensor {
    let (taskCount, channelCount, width) = (rows.shape[0], rows.shape[1], rows.shape[2])
    let index = Tensor(priority).reshaped([1, channelCount, 1]).to(rows.device)
    // Every channel's gradient of its own priority task.
    let own = rows.gathering(index.expanded([1, channelCount, width]), axis: 0)[0]
    let products: [Double] = (rows * own).sum(axes: [2], dtype: .float64).array()
    // Inner products of whole groups: group i with task j.
    var dots = [[Double]](repeating: [Double](repeating: 0, count: taskCount), count: taskCount)
    for task in 0..<taskCount {
      for channel in 0..<channelCount { dots[priority[channel]][task] += products[task * channelCount + channel] }
    }
    let factors = dots.indices.map { group -> Double in
      guard dots[group][group] > 0 else { return 0 }
      return dots[group].indices.filter { $0 != group && dots[group][$0] < 0 }
        .reduce(0) { $0 - dots[group][$1] } / dots[group][group]
    }
    let byChannel = Tensor(priority.map { Float(factors[$0]) }, shape: [channelCount, 1]).to(rows.dtype).to(rows.device)
    return own * byChannel
  }
}
