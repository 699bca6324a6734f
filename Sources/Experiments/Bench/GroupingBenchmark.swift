import MultitaskLearning
import Support
import Torch

/// A measurement of finding groups in an affinity map of random values.
public struct GroupingBenchmark {
  /// A task's effect on itself is above zero.
  private let map: [[Double]]
  private static let repetitions = 200

  /// Creates a map of random affinities, the same for every call.
  public init(taskCount: Int) {
    var generator = SeededGenerator(seed: 5)
    map = (0..<taskCount).map { source in
      (0..<taskCount).map { target in
        source == target ? 0.02 : Double.random(in: -0.01...0.01, using: &generator)
      }
    }
  }

  /// Returns the median time of a rule, in seconds.
  public func seconds(_ rule: TaskGrouping) -> Double {
    var timings = Timings()
    for _ in 0..<Self.repetitions { timings.measure { _ = rule.groups(of: map) } }
    return timings.median
  }

  /// The times of both rules as a line of text.
  public var summary: String {
    let positive = seconds(.positive(edge: .mutual, closure: .cliques)) * 1e6
    let propagation = seconds(.affinityPropagation(TaskGrouping.AffinityPropagationSettings())) * 1e6
    return "finding groups of \(map.count) tasks: \(Int(positive.rounded())) µs by positive affinity, "
      + "\(Int(propagation.rounded())) µs by affinity propagation"
  }
}
