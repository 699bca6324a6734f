/// A number from −1 to 1 for each column of G.
public enum UniformDraws: Sendable {
  /// These numbers, one for each column.
  case given([Double])
  /// Random numbers, the same for the same seed.
  ///
  /// In float32 on a processor, a column has the same number wherever its rows lie; elsewhere, the numbers follow the
  /// order of the blocks.
  case random(seed: UInt64)
}
