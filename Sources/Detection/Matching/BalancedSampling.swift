import Support

/// The random choice of the anchors or proposals of an image that count in the losses: a fixed number, of which at most a
/// fraction is foreground.
///
/// - Source: Ren et al., *Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks*, NeurIPS 2015,
///   section 3.1.3.
public struct BalancedSampling: Sendable, Equatable {
  /// The number of candidates that are chosen in each image, if there are as many.
  public var count: Int
  /// The largest fraction of `count` that is foreground.
  public var foregroundFraction: Double

  /// The positions of the chosen candidates, in the order in which they were drawn.
  public struct Sample: Sendable, Equatable {
    /// The chosen foreground.
    public var foreground: [Int]
    /// The chosen background.
    public var background: [Int]
  }

  /// Creates the choice of `count` candidates.
  public init(count: Int, foregroundFraction: Double) {
    require(
      count >= 0 && (0...1).contains(foregroundFraction),
      "a sample of \(count) candidates with a fraction \(foregroundFraction) of foreground cannot be drawn")
    self.count = count
    self.foregroundFraction = foregroundFraction
  }

  /// Chooses among candidates with labels; ignored ones are never chosen.
  ///
  /// - Parameters:
  ///   - labels: the label of each candidate.
  ///   - purposes: what the draws among the foreground and among the background are for.
  ///   - image: the position of the image in the batch.
  ///   - drawing: the source of the choices.
  public func callAsFunction(
    _ labels: [MatchLabel], for purposes: (foreground: DrawingPurpose, background: DrawingPurpose), image: Int,
    drawing: any CandidateDrawing
  ) -> Sample {
    let foreground = labels.indices.filter { labels[$0] == .foreground }
    let background = labels.indices.filter { labels[$0] == .background }
    let foregroundCount = min(foreground.count, Int(Double(count) * foregroundFraction))
    let backgroundCount = min(background.count, count - foregroundCount)
    return Sample(
      foreground: drawing.draw(foregroundCount, of: foreground.count, for: purposes.foreground, image: image)
        .map { foreground[$0] },
      background: drawing.draw(backgroundCount, of: background.count, for: purposes.background, image: image)
        .map { background[$0] })
  }
}
