import Support

/// The parameters of the methods that project on the cone of directions that no task is against.
public struct ConeParameters: Sendable, Equatable {
  /// What is added to the diagonal of the Gramian with trace one; zero solves the projection itself.
  public let regularization: Double
  /// The sum of squared norms below which the gradients count as zero, and their mean is taken.
  public let normEpsilon: Double
  private let taskPreference: TaskPreference

  private static let regularizations = 0.0...1.0
  private static let normEpsilons = 0.0...1e30

  /// How much each task's gradient counts, p: one positive number for each task; nil for 1/K.
  public var preference: [Double]? { taskPreference.numbers }

  /// - Parameters:
  ///   - regularization: from 0 to 1.
  ///   - normEpsilon: at least 0.
  ///   - preference: one positive number for each task; nil for 1/K.
  public init(regularization: Double = 1e-4, normEpsilon: Double = 0, preference: [Double]? = nil) {
    require(
      Self.regularizations.contains(regularization),
      "the regularization of a cone is \(regularization), but has to be in \(Self.regularizations)")
    require(
      Self.normEpsilons.contains(normEpsilon), "the normEpsilon of a cone is \(normEpsilon), but has to be at least 0")
    self.regularization = regularization
    self.normEpsilon = normEpsilon
    taskPreference = TaskPreference(preference, of: "a cone")
  }

  /// The parameters as a person sets them.
  static let entries = [
    MethodParameter(
      "regularization", .real(regularizations), default: .number(1e-4),
      "added to the diagonal of the inner products with trace one; 0 for the projection itself"),
    MethodParameter(
      "normEpsilon", .real(normEpsilons), default: .number(0),
      "sum of squared norms below which gradients count as zero; public code has 1e-4"),
    TaskPreference.entry(defaultingTo: "1/K"),
  ]

  init(_ settings: MethodSettings) throws {
    self.init(
      regularization: settings.number("regularization"), normEpsilon: settings.number("normEpsilon"),
      preference: try TaskPreference.numbers(settings))
  }

  /// The cone of the rows of a Gramian.
  func cone(_ gramian: Gramian) -> DualCone {
    DualCone(gramian, regularization: regularization, normEpsilon: normEpsilon)
  }

  /// How much the gradients of some tasks count together.
  func preferenceSum(of tasks: [Int], among taskCount: Int) -> Double {
    taskPreference.vector(of: tasks, amongTasks: taskCount, default: 1 / Double(tasks.count)).sum
  }

  /// How much the gradient of each row counts.
  func preference(for context: AggregationContext) -> Vector {
    taskPreference.vector(for: context, default: 1 / Double(context.tasks.count))
  }
}

/// An aggregator that projects on the cone of directions that no task is against.
public protocol ConeAggregator: GramianAggregator {
  /// How exactly the cone is kept.
  var parameters: ConeParameters { get }

  /// An aggregator with these parameters.
  init(_ parameters: ConeParameters)
}

extension ConeAggregator {
  /// - Parameters:
  ///   - regularization: what is added to the diagonal of the Gramian with trace one, from 0 to 1.
  ///   - normEpsilon: the sum of squared norms below which the gradients count as zero, at least 0.
  ///   - preference: how much each task's gradient counts, one positive number for each task; nil for 1/K.
  public init(regularization: Double = 1e-4, normEpsilon: Double = 0, preference: [Double]? = nil) {
    self.init(ConeParameters(regularization: regularization, normEpsilon: normEpsilon, preference: preference))
  }

  /// As many times the gradient as the preference says in all: once, unless it says otherwise.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(parameters.preferenceSum(of: tasks, among: taskCount))
  }
}
