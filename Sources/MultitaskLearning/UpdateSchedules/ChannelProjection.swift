import Support
import Torch

/// Protects every channel's priority task: what another task's gradient has against it, on the channels of that priority,
/// is taken out. Everything else is the plain sum.
///
/// With `G_{i,j}` task j's gradient on the channels of priority i: where `G_{i,i}·G_{i,j} < 0`,
/// `G_{i,j} −= (G_{i,i}·G_{i,j} / ‖G_{i,i}‖²) G_{i,i}`. So a channel of priority i counts task i's gradient
/// `1 − Σ_j G_{i,i}·G_{i,j} / ‖G_{i,i}‖²` times, over those j, and every other task's once.
///
/// - Source: the paper on connection strength, section 3.4.
package struct ChannelProjection: SegmentedAggregator {
  /// Of each shared convolution, by its weight's name: the priority task of each output channel.
  let priorities: [String: [Int]]

  package init(priorities: [String: [Int]]) { self.priorities = priorities }

  package func writeDirection(
    ofSegments gradients: any SegmentedGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    let ones = Vector(ones: gradients.taskCount)
    let tasks = context.tasks
    let columns = gradients.segments.map { segment in
      priorities[segment.name].map { Self.channels(of: segment, count: $0.count) } ?? []
    }
    // One look at G for all convolutions.
    var gramians = gradients.gramians(of: columns.flatMap { $0 })[...]
    var (ranges, weights): ([Range<Int>], [Vector]) = ([], [])
    for (segment, channels) in zip(gradients.segments, columns) {
      // A task that is absent from the step has no gradient to be protected.
      guard let priority = priorities[segment.name]?.map({ tasks.firstIndex(of: $0) }) else {
        ranges.append(segment.columns)
        weights.append(ones)
        continue
      }
      let factors = Self.factors(gramians.prefix(channels.count), priority)
      gramians.removeFirst(channels.count)
      // Channels of the same priority have the same weights.
      let byPriority = factors.enumerated().map { task, factor in
        var weights = ones
        weights[task] += factor
        return weights
      }
      ranges += channels
      weights += priority.map { $0.map { byPriority[$0] } ?? ones }
    }
    gradients.combine(weights, over: ranges, into: direction)
  }

  /// The columns of each output channel.
  private static func channels(of segment: GradientSegment, count: Int) -> [Range<Int>] {
    let width = segment.columns.count / count
    return (0..<count).map { channel in
      let start = segment.columns.lowerBound + channel * width
      return start..<(start + width)
    }
  }

  /// What is added to each priority task's weight on its channels.
  ///
  /// - Parameter gramians: of each channel.
  private static func factors(_ gramians: ArraySlice<Gramian>, _ priority: [Int?]) -> [Double] {
    let tasks = gramians.first!.tasks
    // From priority to task: inner products over all channels of the priority.
    var dots = [[Double]](repeating: [Double](repeating: 0, count: tasks.count), count: tasks.count)
    for (gramian, own) in zip(gramians, priority) {
      guard let own else { continue }
      for task in tasks { dots[own][task] += gramian[own, task] }
    }
    return tasks.map { own in
      guard dots[own][own] > 0 else { return 0 }
      return tasks.filter { $0 != own && dots[own][$0] < 0 }.reduce(0) { $0 - dots[own][$1] } / dots[own][own]
    }
  }
}
