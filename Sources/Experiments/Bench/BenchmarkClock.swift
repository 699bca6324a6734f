import Foundation
import Support

/// The times of repeated measurements, in seconds.
public struct Timings: Sendable {
  /// The measured times in seconds, in the order of measurement.
  public private(set) var seconds: [Double] = []

  /// Creates timings from times that were measured elsewhere; empty by default.
  public init(_ seconds: [Double] = []) { self.seconds = seconds }

  /// Runs a closure once and appends the time that it took.
  ///
  /// - Throws: What the closure throws; nothing is appended then.
  public mutating func measure(_ body: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    try body()
    seconds.append((ContinuousClock.now - start) / .seconds(1))
  }

  /// The median in seconds, the upper of the two middle ones of an even number; there has to be at least one time.
  public var median: Double { seconds.median ?? 0 }
  /// The shortest time in seconds; zero if there are no times.
  public var minimum: Double { seconds.min() ?? 0 }
  /// The longest time in seconds; zero if there are no times.
  public var maximum: Double { seconds.max() ?? 0 }
}

/// The memory of this process as the system reports it; zero if it reports none.
public enum ProcessMemory {
  /// The most memory the process has had resident, in bytes.
  public static var peak: Int { field("VmHWM:") }
  /// The memory that the process has resident now, in bytes.
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
