import Support
import Torch

/// A task's ground truth for a batch, and where it is known.
///
/// Values: batch × height × width of `int64` for classes, batch × channels × height × width of `float32` for numbers at
/// pixels, batch × attributes or classes of `float32` for images as a whole. A value that is unknown may be any finite number.
public struct Labels: Sendable {
  /// The ground truth.
  public let values: Tensor
  /// True where the ground truth is known: booleans of the values' shape, or with one channel for all of a pixel's numbers.
  /// It is nil if everything is known.
  public let known: Tensor?

  /// Creates the labels of a batch. A mask that does not fit the values stops the process.
  ///
  /// - Parameters:
  ///   - values: the ground truth, whose first axis is the batch.
  ///   - known: booleans whose shape is that of `values`, or has 1 in place of the channels; nil if everything is known.
  public init(_ values: Tensor, known: Tensor? = nil) {
    if let known {
      let (shape, mask) = (values.shape, known.shape)
      require(
        known.dtype == .bool && mask.count == shape.count
          && mask.indices.allSatisfy { mask[$0] == shape[$0] || ($0 == 1 && mask[1] == 1) },
        "the mask \(known.signature) does not fit the labels \(values.signature)")
    }
    self.values = values
    self.known = known
  }

  /// The number of images.
  public var count: Int { values.shape[0] }

  /// The mask in the shape of the values, which is true everywhere if everything is known.
  public var isKnown: Tensor {
    known?.expanded(values.shape) ?? Tensor.ones(values.shape, dtype: .bool, device: values.device)
  }

  /// The labels of some of the images.
  public subscript(images: Range<Int>) -> Labels { Labels(values[images], known: known?[images]) }

  /// The labels of each image: a batch of one each.
  public var images: [Labels] { (0..<count).map { self[$0..<($0 + 1)] } }

  /// The labels in a device's memory.
  public func to(_ device: Device) -> Labels { Labels(values.to(device), known: known?.to(device)) }
}

extension Labels {
  /// How many values are known.
  var knownCount: LabelCounts { LabelCounts(known: known?.expanded(values.shape), of: values.count) }

  /// A sum over the known values, divided by their number; zero if nothing is known.
  func mean(ofSum sum: Tensor) -> Tensor { sum.divided(byCountOf: known?.expanded(values.shape), all: values.count) }
}

extension Tensor {
  /// A sum divided by the number of places where a mask is true (at least 1).
  ///
  /// - Parameter count: of all places, which is the divisor if the mask is nil.
  func divided(byCountOf mask: Tensor?, all count: Int) -> Tensor {
    guard let mask else { return self / Double(Swift.max(1, count)) }
    return self / mask.sum(dtype: .float32).clamped(min: 1)
  }

  /// In `float32`, or `float64` where the numbers are that already.
  var inFullPrecision: Tensor { dtype == .float64 ? self : to(.float32) }
}
