/// An aggregator that draws random numbers, which can be given to it instead.
public protocol DrawsNumbers {
  var draws: [Double]? { get set }
}
