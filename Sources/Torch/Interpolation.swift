/// How values between the pixels of a map are found. Pixels are squares: centres lie at half integers.
public enum Interpolation: Sendable {
  case nearest
  case bilinear
  /// Cubic with a = −0.75, borders repeated.
  case bicubic
  case bilinearAntialiased
  /// Cubic with a = −0.5, samples outside left out and the weights renormalised.
  case bicubicAntialiased
}
