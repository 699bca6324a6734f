/// The part that an anchor or a proposal takes in training.
public enum MatchLabel: Sendable, Hashable {
  /// It belongs to an object.
  case foreground
  /// It belongs to no object.
  case background
  /// It overlaps an object too little for the one and too much for the other, and counts in no loss.
  case ignored
}
