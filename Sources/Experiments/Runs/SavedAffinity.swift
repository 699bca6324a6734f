import Foundation
import MultitaskLearning
import Support
import Torch

/// Affinities of tasks from a file, and the groups that a rule forms of them: `polymath group`.
///
/// The file holds one of: `affinity`, a map from source to target; `similarity`, which is clustered as it is; or a
/// history to track first: `decay` and `steps`, each with `groups` by name, the `order` in which they were updated, and
/// `losses`: a row of all tasks' losses before each update and one after the last.
public struct SavedAffinity: Sendable {
  private struct Document: Decodable {
    var affinity: [[Double]]?
    var similarity: [[Double]]?
    var decay: Double?
    var steps: [Step]?
    var observesLastGroup: Bool?
  }

  private struct Step: Decodable {
    var groups: [String: [Int]]
    var order: [String]
    var losses: [[Double]]
  }

  private enum Content {
    case affinity([[Double]])
    case similarity([[Double]])
    case history(decay: Double, [Step], observesLastGroup: Bool)
  }

  /// The groups of tasks, and the affinity by which they were formed.
  public struct Result: Encodable, Sendable {
    /// The groups: each a list of tasks, numbered from 0.
    public let groups: [[Int]]
    /// The affinity map at the end of a history; nil if the file held a matrix.
    public let affinity: [[Double]]?
  }

  private let url: URL
  private let content: Content

  /// The affinities that a run tracked last.
  ///
  /// - Throws: `FileError` where the run tracked none.
  public init(of run: RunFolder) throws {
    try run.requireRun()
    url = run.metrics
    let records = try MetricsLog.read(run)
    guard !records.isEmpty else { throw FileError(url, "is empty, but held the run's steps") }
    let maps = records.steps.compactMap(\.affinity)
    guard let last = maps.last else {
      throw FileError(url, "holds no affinity: runs with the schedule selective-groups track it")
    }
    content = .affinity(try Self.checked(last, "affinity", url))
  }

  /// - Throws: `FileError` for a file that is missing, no JSON of this form, or has a matrix that is not square and
  ///   finite.
  public init(contentsOf url: URL) throws {
    self.url = url
    guard let data = try? Data(contentsOf: url) else {
      throw FileError.unreadable(url)
    }
    let form = #"{"affinity": [[…], …]}, {"similarity": [[…], …]}, or {"decay": …, "steps": […]}"#
    guard let document = try? JSONDecoder().decode(Document.self, from: data) else {
      throw FileError(url, "is not \(form) with finite numbers")
    }
    switch (document.affinity, document.similarity, document.steps) {
    case (let matrix?, nil, nil): content = .affinity(try Self.checked(matrix, "affinity", url))
    case (nil, let matrix?, nil): content = .similarity(try Self.checked(matrix, "similarity", url))
    case (nil, nil, let steps?):
      guard let decay = document.decay, decay > 0, decay <= 1 else {
        throw FileError(url, "has steps, and so needs 'decay' above 0 and at most 1")
      }
      let observes = document.observesLastGroup ?? false
      content = .history(
        decay: decay, try Self.checked(steps, observesLastGroup: observes, url), observesLastGroup: observes)
    default: throw FileError(url, "has to be one of \(form)")
    }
  }

  private static func checked(_ matrix: [[Double]], _ name: String, _ url: URL) throws -> [[Double]] {
    guard !matrix.isEmpty else { throw FileError(url, "'\(name)' is empty") }
    for (row, values) in matrix.enumerated() {
      guard values.count == matrix.count else {
        throw FileError(url, "'\(name)' has \(matrix.count) rows, but row \(row) has \(values.count) numbers")
      }
      guard values.allSatisfy({ $0.isFinite }) else { throw FileError(url, "'\(name)' row \(row) is not finite") }
    }
    return matrix
  }

  private static func checked(_ steps: [Step], observesLastGroup: Bool, _ url: URL) throws -> [Step] {
    guard let count = steps.first?.losses.first?.count, count > 0 else { throw FileError(url, "has no losses") }
    for (index, step) in steps.enumerated() {
      guard !step.order.isEmpty else { throw FileError(url, "step \(index): 'order' is empty") }
      guard step.order.allSatisfy({ step.groups[$0] != nil }) else {
        throw FileError(url, "step \(index): 'order' names a group that 'groups' does not have")
      }
      let members = Set(step.groups.values).joined().sorted()
      guard members == Array(0..<count) else {
        throw FileError(url, "step \(index): 'groups' has to hold each of the tasks 0 to \(count - 1) once")
      }
      let needed = observesLastGroup ? step.order.count + 1 : step.order.count
      guard (needed...(step.order.count + 1)).contains(step.losses.count) else {
        throw FileError(
          url,
          "step \(index): \(step.losses.count) rows of losses for \(step.order.count) updates: one before each, and "
            + "one after the last")
      }
      guard step.losses.allSatisfy({ $0.count == count && $0.allSatisfy { $0.isFinite } }) else {
        throw FileError(url, "step \(index): every row of losses needs \(count) finite numbers")
      }
      guard step.losses.joined().allSatisfy({ $0 > 0 }) else {
        throw FileError(url, "step \(index): affinity is the relative change of losses, which have to be above 0")
      }
    }
    return steps
  }

  /// - Throws: `FileError` where the rule finds no groups.
  public func grouped(by rule: TaskGrouping, convention: AffinityMap.Convention) throws -> Result {
    switch content {
    case .affinity(let map): return Result(groups: try groups(of: map, rule), affinity: nil)
    case .similarity(let matrix):
      guard case .affinityPropagation(let settings) = rule else {
        throw FileError(url, "holds a similarity, which is clustered: --rule affinity-propagation")
      }
      guard let groups = settings.clusters(of: matrix) else { throw noGroups }
      return Result(groups: groups, affinity: nil)
    case .history(let decay, let steps, let observesLastGroup):
      let map = Self.tracked(steps, decay: decay, convention, observesLastGroup: observesLastGroup)
      guard map.joined().allSatisfy(\.isFinite) else {
        throw FileError(url, "has losses so far apart that their relative changes are not finite")
      }
      return Result(groups: try groups(of: map, rule), affinity: map)
    }
  }

  private static func tracked(
    _ steps: [Step], decay: Double, _ convention: AffinityMap.Convention, observesLastGroup: Bool
  ) -> [[Double]] {
    var map = AffinityMap(taskCount: steps[0].losses[0].count, rate: decay, convention: convention)
    for step in steps {
      let updates = observesLastGroup ? step.losses.count - 1 : step.order.count - 1
      for (index, name) in step.order.prefix(updates).enumerated() {
        map.observe(group: step.groups[name]!, before: step.losses[index], after: step.losses[index + 1])
      }
    }
    return map.values
  }

  private func groups(of map: [[Double]], _ rule: TaskGrouping) throws -> [[Int]] {
    if case .affinityPropagation = rule, let zero = map.indices.first(where: { map[$0][$0] == 0 }) {
      throw FileError(url, "task \(zero) has no affinity to itself, by which affinity propagation divides")
    }
    guard let groups = rule.groups(of: map) else { throw noGroups }
    return groups
  }

  private var noGroups: FileError {
    FileError(url, "affinity propagation finds no exemplars: another preference may help")
  }
}
