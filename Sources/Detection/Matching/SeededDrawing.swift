import Support

/// Draws that depend on a seed, a step, the image and the purpose alone: all methods of a study see the same ones at the
/// same step, however often a step computes its losses, and a training that goes on needs no state of them.
public struct SeededDrawing: CandidateDrawing, Sendable, Equatable {
  /// The seed of the run.
  public var seed: UInt64
  /// The number of the step.
  public var step: Int
  /// The position of the first image among those of the step, where a step computes its batch in parts.
  public var firstImage: Int

  /// Creates the draws of a step, or of the part of it that begins at an image.
  public init(seed: UInt64, step: Int, firstImage: Int = 0) {
    self.seed = seed
    self.step = step
    self.firstImage = firstImage
  }

  /// Returns positions, all choices being equally likely.
  ///
  /// - Complexity: O(`wanted`).
  /// - Source: Fisher and Yates; without a list of all candidates, of which most are not drawn.
  public func draw(_ wanted: Int, of count: Int, for purpose: DrawingPurpose, image: Int) -> [Int] {
    require(wanted <= count, "\(wanted) candidates are to be drawn, but there are \(count)")
    var generator = SeededGenerator(
      keys: seed, UInt64(bitPattern: Int64(step)), UInt64(bitPattern: Int64(firstImage + image)), purpose.rawValue)
    var moved: [Int: Int] = [:]
    return (0..<wanted).map { position in
      let other = Int.random(in: position..<count, using: &generator)
      let drawn = moved[other] ?? other
      moved[other] = moved[position] ?? position
      return drawn
    }
  }
}
