/// A number from −1 to 1 for each column of G.
enum UniformDraws {
  case given([Float])
  case random(seed: UInt64)
}
