import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Testing
import Torch

/// The real step beside brute force, over the product of everything that a step may meet.
@Suite struct StepOracleTests {
  private static let learningRate = 0.1

  /// Two steps; the second has what the first taught the method.
  private func run(
    _ combination: Combination, dtype: DType, observing levels: [GradientLevel?] = [nil, nil]
  ) throws -> (values: [[Double]], reports: [StepReport]) {
    let problem = OracleProblem(combination.kind, dtype: dtype)
    let method = combination.method
    try method.checkComposition()
    let optimizer = MultitaskOptimizer(
      problem.store, method: method, optimizer: SGD(momentum: 0),
      groups: combination.kind.groups)
    let reports = try levels.enumerated().map { step, level in
      try optimizer.step(
        combination.parts.map { problem.objective($0, step: step) }, learningRate: Self.learningRate,
        observing: level)
    }
    return (problem.values, reports)
  }

  private struct Finding: Error { let text: String }

  private func difference(_ a: [[Double]], _ b: [[Double]]) -> Double {
    guard a.map(\.count) == b.map(\.count) else { return .infinity }
    return zip(a.joined(), b.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// What brute force gives: of each step the losses and their weights, and the parameters after all of them.
  private struct Expectation: Sendable {
    var losses: [[Double?]] = []
    var weights: [[Double]] = []
    var values: [[Double]] = []
  }

  /// Results of brute force, which is done once for all combinations that it does not tell apart.
  private final class Expectations: @unchecked Sendable {
    private let lock = NSLock()
    private var known: [String: Expectation] = [:]

    func of(_ combination: Combination, _ compute: () throws -> Expectation) rethrows -> Expectation {
      var key = combination
      if !combination.seesParts { key.partCount = 1 }
      if let found = lock.withLock({ known[key.description] }) { return found }
      let found = try compute()
      lock.withLock { known[key.description] = found }
      return found
    }
  }

  private func bruteForce(_ combination: Combination, dtype: DType) throws -> Expectation {
    let problem = OracleProblem(combination.kind, dtype: dtype)
    var brute = BruteForce(problem, combination.method, parts: combination.parts, learningRate: Self.learningRate)
    var expectation = Expectation()
    for step in 0..<2 {
      try brute.step(step, groups: combination.schedule.groups)
      expectation.losses.append(brute.losses)
      expectation.weights.append(brute.weights)
    }
    expectation.values = problem.values
    return expectation
  }

  /// - Throws: ``Finding`` for what does not agree.
  private func check(
    _ combination: Combination, dtype: DType, tolerance: Double, _ expectations: Expectations
  ) throws {
    if let refusal = combination.refusal {
      do {
        _ = try run(combination, dtype: dtype)
      } catch let error as MethodError {
        guard "\(error)".contains(refusal) else { throw Finding(text: "\(combination): refused by «\(error)»") }
        return
      }
      throw Finding(text: "\(combination): is not refused")
    }
    let (found, reports) = try run(combination, dtype: dtype)
    let brute = try expectations.of(combination) { try bruteForce(combination, dtype: dtype) }
    for (step, report) in reports.enumerated() {
      for task in OracleProblem.tasks.indices {
        guard (report.losses[task] == nil) == (brute.losses[step][task] == nil) else {
          throw Finding(text: "\(combination): step \(step), loss \(task)")
        }
        guard let loss = report.losses[task], let expected = brute.losses[step][task] else { continue }
        guard abs(loss - expected) <= tolerance * max(1, expected) else {
          throw Finding(text: "\(combination): step \(step), loss \(task) is \(loss), not \(expected)")
        }
        let weights = (report.lossWeights[task], brute.weights[step][task])
        guard abs(weights.0 - weights.1) <= 100 * tolerance * max(1, abs(weights.1)) else {
          throw Finding(text: "\(combination): step \(step), weight \(task) is \(weights.0), not \(weights.1)")
        }
      }
    }
    let error = difference(found, brute.values)
    guard error <= tolerance else { throw Finding(text: "\(combination): parameters are \(error) off") }
    let levels = observedLevels(combination)
    let (observed, _) = try run(combination, dtype: dtype, observing: levels)
    guard observed == found else {
      throw Finding(text: "\(combination): looking at \(levels) changes the step by \(difference(observed, found))")
    }
  }

  /// One level in the first step and the other one in the second, in either order as the name of the combination has it;
  /// only parameters where there are no features.
  private func observedLevels(_ combination: Combination) -> [GradientLevel] {
    if combination.kind.isSeparate { return [.parameters, .parameters] }
    let isEven = "\(combination)".utf8.reduce(0) { $0 ^ $1 }.isMultiple(of: 2)
    return isEven ? [.parameters, .features] : [.features, .parameters]
  }

  /// Checks combinations on all cores; single threads are the quickest for tensors this small.
  private func findings(_ combinations: [Combination], dtype: DType, tolerance: Double) -> [String] {
    let threads = Runtime.threadCount
    defer { Runtime.threadCount = threads }
    let (lock, texts, group) = (NSLock(), Collected(), DispatchGroup())
    let expectations = Expectations()
    let workerCount = ProcessInfo.processInfo.activeProcessorCount
    for worker in 0..<workerCount {
      group.enter()
      Thread {
        Runtime.threadCount = 1
        for index in stride(from: worker, to: combinations.count, by: workerCount) {
          do { try check(combinations[index], dtype: dtype, tolerance: tolerance, expectations) } catch let finding
            as Finding
          {
            lock.withLock { texts.values.append(finding.text) }
          } catch {
            lock.withLock { texts.values.append("\(combinations[index]): \(error)") }
          }
        }
        group.leave()
      }.start()
    }
    group.wait()
    return texts.values
  }

  private final class Collected: @unchecked Sendable { var values: [String] = [] }

  @Test(arguments: aggregators.map(\.name)) func stepsAreWhatTheirDefinitionSays(_ name: String) {
    let combinations = Self.combinations(with: Self.aggregators.first { $0.name == name }!)
    #expect(combinations.count >= 4 * 4 * 2 * (16 + 18))
    let found = findings(combinations, dtype: .float64, tolerance: 1e-9)
    #expect(found.isEmpty, "\(found.count) of \(combinations.count), such as \(found.prefix(5))")
  }

  @Test func theProductIsWhole() {
    let combinations = Self.aggregators.map { Self.combinations(with: $0).count }.reduce(0, +)
    #expect(combinations == (17 * 10 + 12 * 4 + 5 + 3 * 2) * 4 * 2 * (16 + 18))
  }

  /// The kernels for float32, with less of the rest.
  @Test func singlePrecisionAgrees() {
    let combinations = Self.aggregators.flatMap { Self.combinations(with: $0) }
      .filter { $0.weighting.name == "equal" && $0.schedule.name == "joint" }
    #expect(combinations.count == 29 * 2 * (16 + 18))
    // Of a small loss, the logarithm has a large gradient.
    let (small, others) = (
      combinations.filter { $0.aggregator.name == "db-mtl" }, combinations.filter { $0.aggregator.name != "db-mtl" }
    )
    let found =
      findings(others, dtype: .float32, tolerance: 1e-5) + findings(small, dtype: .float32, tolerance: 1e-4)
    #expect(found.isEmpty, "\(found.count) of \(combinations.count), such as \(found.prefix(5))")
  }
}
