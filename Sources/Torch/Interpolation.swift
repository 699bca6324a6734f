/// A rule for values between the pixels of a map. Pixels are squares, whose centers lie at half integers.
public enum Interpolation: Sendable {
  /// The value of the pixel `⌊i · old size / new size⌋` for the i-th of the new ones.
  case nearest
  /// The linear interpolation of the two nearest pixels of each axis, with borders repeated.
  case bilinear
  /// The linear interpolation in which the centers of a map's corner pixels stay where they are (`align_corners` of
  /// PyTorch).
  case bilinearAlignedCorners
  /// The cubic interpolation with a = −0.75 of the four nearest pixels of each axis, with borders repeated.
  case bicubic
  /// The linear interpolation whose window widens with the step where maps become smaller.
  case bilinearAntialiased
  /// The cubic interpolation with a = −0.5 whose window widens with the step where maps become smaller. Pixels outside
  /// of the map are left out, and the weights are normalized to a sum of one.
  case bicubicAntialiased
}
