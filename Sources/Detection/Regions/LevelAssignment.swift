import Foundation
import Support

/// The level of a feature pyramid from which a region is pooled, by the size of its box.
public struct LevelAssignment: Sendable, Equatable {
  /// The rule by which a box has a level before it is limited to those that there are.
  public enum Rule: Sendable, Equatable {
    /// ⌊4 + log₂(√area / size + 1e-8)⌋: a box of `canonicalSize` pixels a side belongs to level 4.
    ///
    /// - Source: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017, equation 1.
    case area(canonicalSize: Double)
    /// ⌈5 − log₂(image area / box area)⌉.
    ///
    /// - Source: Lee, Park, *CenterMask: Real-Time Anchor-Free Instance Segmentation*, CVPR 2020, equation 2.
    case fractionOfImage(area: Double)
  }

  /// The levels that there are; level l has stride 2^l.
  public var levels: ClosedRange<Int>
  /// The rule.
  public var rule: Rule

  /// Creates an assignment; by default to the levels 2 to 5, by the area of the box with a canonical size of 224 pixels.
  public init(levels: ClosedRange<Int> = 2...5, rule: Rule = .area(canonicalSize: 224)) {
    self.levels = levels
    self.rule = rule
  }

  /// Returns the level of a box, which has to be finite.
  public func callAsFunction(_ box: BoundingBox) -> Int {
    require(box.isFinite, "a region with the box \(box) has no level")
    let level =
      switch rule {
      case .area(let size): (4 + log2(max(0, box.area).squareRoot() / size + 1e-8)).rounded(.down)
      case .fractionOfImage(let area): (5 - log2(area / max(0, box.area) + .ulpOfOne)).rounded(.up)
      }
    return Int(min(max(level, Double(levels.lowerBound)), Double(levels.upperBound)))
  }
}
