/// A cell array: values of any kind, in row-major order.
public struct MATCells: Sendable, Equatable {
  /// The sizes of all dimensions, two at least.
  public let shape: [Int]
  /// The values, as many as the product of the sizes.
  public let values: [MATValue]
}
