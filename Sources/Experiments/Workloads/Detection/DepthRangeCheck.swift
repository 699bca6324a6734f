import Foundation
import VisionData

/// Finds depth in another unit: it lies beyond the range almost everywhere, and would say nothing.
struct DepthRangeCheck {
  /// The nearest and the farthest depth, in meters.
  let range: ClosedRange<Float>

  /// Looks at a sample, of which at least half of the measured depth has to be in the range.
  ///
  /// - Parameter name: what errors call the sample.
  /// - Throws: ``ConfigurationError`` that says how much is inside, and which unit it may be.
  func callAsFunction(_ sample: Sample, named name: @autoclosure () -> String) throws {
    guard let channel = sample.depthChannel else { return }
    let count = sample.image.height * sample.image.width
    let measured = sample.image.values[(channel * count)..<((channel + 1) * count)].filter { $0 > 0 && $0.isFinite }
    guard !measured.isEmpty else { throw ConfigurationError("\(name()) has no depth at any pixel") }
    let inside = fractionInside(measured, scaledBy: 1)
    guard inside < 0.5 else { return }
    let median = measured.sorted()[measured.count / 2]
    throw ConfigurationError(
      "\(name()): \(String(format: "%.0f %%", 100 * inside)) of the depth lies between \(range.lowerBound) m and \(range.upperBound) m (data.depthRange), but half of it has to; its median is \(median) m\(remark(on: measured))"
    )
  }

  private func fractionInside(_ depth: [Float], scaledBy factor: Float) -> Double {
    Double(depth.count { range.contains($0 * factor) }) / Double(depth.count)
  }

  /// The unit in which the depth may be.
  private func remark(on depth: [Float]) -> String {
    let factors: [Float] = [10, 0.1, 0.001, 1000, 0.0001, 10_000]
    let fitting = factors.first { fractionInside(depth, scaledBy: $0) >= 0.5 }
    return fitting.map { "; \($0) times as much would fit: the files may be in another unit" } ?? ""
  }
}
