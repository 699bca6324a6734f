/// How long an aggregator's direction is where all tasks agree: what T tasks with the same gradient g get.
///
/// Some methods go along the mean of the gradients, others along their sum, so that one learning rate means steps of
/// different lengths. ``MethodScale/common`` makes up for it with what an aggregator declares here.
public enum DirectionLength: Sendable, Equatable {
  /// This multiple of g, which is positive, before the aggregator has learned anything.
  case multiple(Double)
  /// The sum of the weights times g. It depends on how long the gradients are, so that there is no multiple to declare.
  case sumOfWeights
  /// A length that no number describes, as where averages over the steps begin at zero.
  case open
}
