/// Exchanges left and right half of the time.
public struct RandomFlip: Transform {
  public init() {}

  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    Bool.random(using: &generator) ? sample.applying(.flip) : sample
  }
}
