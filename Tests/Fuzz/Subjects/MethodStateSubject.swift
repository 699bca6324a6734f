import Foundation
import MultitaskLearning
import Support

/// What methods have learned, as checkpoints hold it: of every method, after some steps.
struct MethodStateSubject: Subject {
  static let name = "method-states"

  /// A variant's states; those of whole methods have the variant of their schedule.
  private let corpus: [(title: String, state: [UInt8])]
  private let damage: TextDamage

  private static let wholeTitle = "method"

  init(in folder: URL) throws {
    var corpus: [(String, [UInt8])] = []
    for variant in MethodVariant.all {
      corpus += try Self.states(of: variant).map { (variant.title, [UInt8]($0)) }
    }
    let whole = try Self.wholeMethod().encodedState()
    self.corpus = corpus + [(Self.wholeTitle, [UInt8](whole))]
    damage = .json(corpus.map(\.1))
    for (title, state) in self.corpus {
      do { try read(Array((title + "\n").utf8) + state) } catch {
        throw Violation("\(title): its own state is refused: \(error)")
      }
    }
  }

  private static func wholeMethod() throws -> MultitaskMethod {
    MultitaskMethod(
      weighting: try MethodRegistry.weighting("uw").make(tasks: MethodVariant.tasks),
      aggregator: try MethodRegistry.aggregator("nash-mtl").make(tasks: MethodVariant.tasks),
      schedule: try MethodRegistry.schedule("joint").make(tasks: MethodVariant.tasks))
  }

  /// At first, and after some steps.
  private static func states(of variant: MethodVariant) throws -> [Data] {
    switch variant.kind {
    case .weighting:
      var weighting = try variant.weighting()
      let first = try weighting.encodedState()
      try MethodExercise.run(&weighting)
      return [first, try weighting.encodedState()]
    case .aggregator:
      var aggregator = try variant.aggregator()
      let first = try aggregator.encodedState()
      try MethodExercise.run(&aggregator)
      return [first, try aggregator.encodedState()]
    case .schedule:
      let schedule = try variant.schedule()
      return [try schedule.encodedState(), try MethodExercise.run(schedule).encodedState()]
    case .adaptation:
      let growth =
        #"{"growth":{"modulatedLayers":[1],"expandedLayers":[0,1],"tokensPerTask":1,"modulation":"affine","keepsTokens":false,"sharesTokens":false}}"#
      return [try variant.adaptation().encodedState(), Data(growth.utf8)]
    }
  }

  /// The first line names the method.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let (title, state) = corpus.randomElement(using: &generator)!
    return Array((title + "\n").utf8) + damage(state, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let (title, state) = input.firstLine
    guard title != Self.wholeTitle else {
      var method = try Self.wholeMethod()
      try method.restoreState(Data(state), taskCount: MethodVariant.tasks.count)
      _ = try method.encodedState()
      return
    }
    guard let variant = MethodVariant.all.first(where: { $0.title == title }) else { return }
    try restore(variant, Data(state))
  }

  /// Restores a state; if it was accepted, the method works on from it, and saves what it has learned.
  private func restore(_ variant: MethodVariant, _ state: Data) throws {
    let count = MethodVariant.tasks.count
    switch variant.kind {
    case .weighting:
      var weighting = try variant.weighting()
      try weighting.restoreState(state, taskCount: count)
      try MethodExercise.run(&weighting)
      _ = try weighting.encodedState()
    case .aggregator:
      var aggregator = try variant.aggregator()
      try aggregator.restoreState(state, taskCount: count)
      try MethodExercise.run(&aggregator)
      _ = try aggregator.encodedState()
    case .schedule:
      var schedule = try variant.schedule()
      try schedule.restoreState(state, taskCount: count)
      _ = try MethodExercise.run(schedule).encodedState()
    case .adaptation:
      var adaptation = try variant.adaptation()
      try adaptation.restoreState(state, taskCount: count)
      try MethodExercise.run(adaptation)
    }
  }
}
