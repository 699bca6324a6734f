import Foundation
import Support

/// Times of repeated measurements, in seconds.
public struct Timings: Sendable {
  /// The seconds of each measurement.
  public private(set) var seconds: [Double] = []

  /// Creates a clock with measurements.
  public init(_ seconds: [Double] = []) { self.seconds = seconds }

  /// Runs something, and adds the seconds that it took.
  public mutating func measure(_ body: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    try body()
    seconds.append((ContinuousClock.now - start) / .seconds(1))
  }

  /// The number in the middle of their order; zero before the first measurement.
  public var median: Double { seconds.median ?? 0 }
  /// The shortest measurement, in seconds.
  public var minimum: Double { seconds.min() ?? 0 }
  /// The longest measurement, in seconds.
  public var maximum: Double { seconds.max() ?? 0 }
}

/// What the system says about this process's memory.
public enum ProcessMemory {
  /// The most memory the process has had resident, in bytes.
  public static var peak: Int { field("VmHWM:") }
  /// The resident memory now, in bytes.
  public static var resident: Int { field("VmRSS:") }

  private static func field(_ name: String) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    for line in status.split(separator: "\n") where line.hasPrefix(name) {
      let kilobytes = line.split(whereSeparator: \.isWhitespace)[1]
      return (Int(kilobytes) ?? 0) * 1024
    }
    return 0
  }
}
