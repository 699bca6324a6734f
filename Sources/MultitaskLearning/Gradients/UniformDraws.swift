/// A number from −1 to 1 for each column of G.
enum UniformDraws {
  case given([Double])
  /// The same for the same seed. The kernels give a column the same number wherever rows lie; where libtorch draws, the
  /// numbers follow the order of the blocks.
  case random(seed: UInt64)
}
