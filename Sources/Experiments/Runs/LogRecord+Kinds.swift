extension Sequence<LogRecord> {
  /// The records of steps, in their order.
  package var steps: [StepRecord] { compactMap { if case .step(let record) = $0 { record } else { nil } } }

  /// The records of evaluations, in their order.
  package var evaluations: [EvaluationRecord] {
    compactMap { if case .evaluation(let record) = $0 { record } else { nil } }
  }
}
