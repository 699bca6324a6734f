/// An aggregator that draws random numbers, and uses given ones in their place where there are some: for comparisons with
/// other implementations.
public protocol NumberDrawing {
  /// The numbers to use instead of random ones; nil for random ones.
  var draws: [Double]? { get set }
}
