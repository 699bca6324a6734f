/// What 255 says in a mask that holds no 1: in the file format it is unknown, but many tools save the foreground so.
///
/// Masks are the files of edges, of saliency, and of segmentation into two classes.
public enum UnclearMaskReading: String, Sendable, CaseIterable {
  /// Such a file is refused.
  case refused
  /// Nothing is known there, as in masks that hold a 1.
  case unknown
  /// The foreground, or the second of two classes.
  case foreground
}
