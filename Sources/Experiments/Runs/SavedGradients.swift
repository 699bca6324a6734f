import Foundation
import MultitaskLearning
import Support
import Torch

/// Gradients from a file, and what an aggregator makes of them: `polymath aggregate`.
///
/// The file holds `gradients` (a list of rows) and, where a method needs them, `losses`; `draws` and `order` fix what
/// would be random. `steps` holds a list of such objects for methods that remember.
public struct SavedGradients: Sendable {
  struct Step: Decodable, Sendable {
    var gradients: [[Double]]
    var losses: [Double]?
    var draws: [Double]?
    var order: String?
  }

  /// The result of an aggregation for one step.
  public struct Result: Encodable, Sendable {
    /// The direction of the update, with as many elements as a row of the gradients.
    public let direction: [Double]
    /// The weights of the rows; nil for methods that work on single elements.
    public let weights: [Double]?
  }

  private struct Document: Decodable {
    var steps: [Step]?
  }

  /// The file that was read.
  public let url: URL
  private let steps: [Step]
  /// Whether the file held a list of steps.
  public let isSequence: Bool

  /// - Throws: `FileError` for a file that is missing or no JSON, has no rows, rows of different lengths, or numbers
  ///   that are not finite.
  public init(contentsOf url: URL) throws {
    self.url = url
    guard let data = try? Data(contentsOf: url) else {
      throw FileError.unreadable(url)
    }
    do {
      let decoder = JSONDecoder()
      let list = try decoder.decode(Document.self, from: data).steps
      isSequence = list != nil
      steps = try list ?? [decoder.decode(Step.self, from: data)]
    } catch {
      throw FileError(
        url, #"is not {"gradients": [[…], …], "losses": […]} with finite numbers, nor {"steps": [such objects]}"#)
    }
    guard !steps.isEmpty else { throw FileError(url, "has no steps") }
    for (index, step) in steps.enumerated() {
      let place = isSequence ? "step \(index): " : ""
      guard let width = step.gradients.first?.count else { throw FileError(url, place + "has no gradients") }
      guard width > 0 else { throw FileError(url, place + "row 0 is empty") }
      let (count, first) = (step.gradients.count, steps[0].gradients.count)
      guard count == first else {
        throw FileError(url, place + "has \(count) rows, but step 0 has \(first): a row for each task is expected")
      }
      for (row, values) in step.gradients.enumerated() {
        guard values.count == width else {
          throw FileError(url, place + "row \(row) has \(values.count) elements, but row 0 has \(width)")
        }
        guard values.allSatisfy({ $0.isFinite }) else { throw FileError(url, place + "row \(row) is not finite") }
        // Then no two rows' inner product is too large, either.
        guard values.reduce(0, { $0 + $1 * $1 }).isFinite else {
          throw FileError(url, place + "row \(row) is too large for inner products: norms have to be below 1e150")
        }
      }
      if let losses = step.losses {
        guard losses.count == step.gradients.count, losses.allSatisfy({ $0.isFinite }) else {
          throw FileError(url, place + "'losses' has to hold \(step.gradients.count) finite numbers, one for each row")
        }
      }
    }
  }

  /// Applies a method to the steps in order.
  ///
  /// - Throws: `MethodError` for an unknown method or parameter, or from the method; `FileError` where the method gives
  ///   no finite direction for what the file holds.
  public func aggregated(by name: String, settings: [String: MethodSetting], seed: UInt64) throws -> [Result] {
    let entry = try MethodRegistry.aggregator(name)
    var settings = settings
    if let order = steps[0].order, entry.parameters.contains(where: { $0.name == "order" }) {
      settings["order"] = settings["order"] ?? .text(order)
    }
    // So that a parameter can name them: preference={0: 1, 1: 2}.
    let tasks = steps[0].gradients.indices.map { "\($0)" }
    var method = try entry.make(settings, tasks: tasks)
    guard method.need != .secondOrder else {
      throw MethodError(
        "\(name) adds a penalty that acts through the second derivatives of the losses: of a saved matrix, which has none, only the sum of the rows would be left (that of `sum`)"
      )
    }
    var generator = SeededGenerator(seed: seed)
    return try steps.enumerated().map { index, step in
      let result = try Self.apply(&method, to: step, using: &generator, named: name)
      try requireFinite(result, at: index, named: name)
      return result
    }
  }

  private func requireFinite(_ result: Result, at index: Int, named name: String) throws {
    let place = isSequence ? "step \(index): " : ""
    for (what, values) in [("weight", result.weights ?? []), ("element", result.direction)] {
      guard let position = values.firstIndex(where: { !$0.isFinite }) else { continue }
      throw FileError(
        url,
        place
          + "\(name) finds no finite direction for these gradients: \(what) \(position) (from 0) becomes \(values[position])"
      )
    }
  }

  private static func apply(
    _ method: inout any GradientAggregator, to step: Step, using generator: inout SeededGenerator, named name: String
  ) throws -> Result {
    if let draws = step.draws, var drawing = method as? any NumberDrawing & GradientAggregator {
      drawing.draws = draws
      method = drawing
    }
    let needsLosses = method.needsLosses || method.lossScale != .linear
    guard let losses = step.losses ?? (needsLosses ? nil : step.gradients.map { _ in 1 }) else {
      throw MethodError("\(name) looks at the losses, too: the file needs 'losses'")
    }
    // The rows are gradients of the losses; the method may take those of their logarithms.
    let factors = try method.lossScale.applied(to: losses.map { _ in 1 }, at: losses)
    let rows = zip(step.gradients, factors).map { row, factor in factor == 1 ? row : row.map { $0 * factor } }
    if method.need > .segments {
      let matrix = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
      let direction = try method.direction(of: DenseTaskGradients(rows: matrix), losses: losses, using: &generator)
      return Result(direction: direction.array(), weights: nil)
    }
    guard method.need < .segments else {
      throw MethodError(
        "\(name): a saved matrix does not say which columns belong together: take the granularity model")
    }
    var context = AggregationContext(taskCount: rows.count, losses: losses, generator: generator)
    let weights = try method.weights(forInnerProducts: Gramian(rows: rows), &context)
    generator = context.generator
    let direction = rows[0].indices.map { column in zip(weights, rows).reduce(0) { $0 + $1.0 * $1.1[column] } }
    return Result(direction: direction, weights: weights.elements)
  }
}
