/// What 255 means in a mask that holds no 1: the file format marks unknown pixels by it, but many tools save the
/// foreground as 255.
///
/// Masks are the files of edges, of saliency, and of segmentation into two classes.
public enum UnclearMaskReading: String, Sendable, CaseIterable {
  /// Nothing: such a file is refused.
  case refused
  /// Nothing is known at such a pixel, as in masks that hold a 1.
  case unknown
  /// Such a pixel belongs to the foreground, or to the second of two classes.
  case foreground
}
