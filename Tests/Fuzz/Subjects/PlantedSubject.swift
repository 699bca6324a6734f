import Foundation
import MultitaskLearning
import Support

/// Every fault that is looked for, planted: its inputs say which happens.
struct PlantedSubject: Subject {
  static let name = "planted"

  enum Fault: UInt8, CaseIterable {
    case crash
    case stackOverflow
    case hang
    case slowness
    case memory
    case addresses
    case foreignError
    case longMessage
    case violation

    /// What the finding says.
    var words: String {
      switch self {
      case .crash, .stackOverflow, .addresses: "ends the process"
      case .hang: "hangs"
      case .slowness: "seconds"
      case .memory: "MB of memory"
      case .foreignError: "not the library's"
      case .longMessage: "is refused in"
      case .violation: "planted violation"
      }
    }
  }

  private struct Foreign: Error {}

  init(in folder: URL) {}

  /// The faults one after another, with an input between them that has none.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    [UInt8.random(in: 0..<UInt8(2 * Fault.allCases.count), using: &generator)]
  }

  func read(_ input: [UInt8]) throws {
    guard let fault = input.first.flatMap(Fault.init) else { return }
    switch fault {
    case .crash: fatalError("planted")
    case .stackOverflow: _ = Self.depth(of: 0)
    case .hang: while Self.clock() >= 0 {}
    case .slowness:
      let end = Self.clock() + 2.5
      while Self.clock() < end {}
    case .memory: _ = [UInt8](repeating: 1, count: 300 << 20).reduce(0, &+)
    case .addresses: _ = [UInt8](repeating: 1, count: 3 << 30).last
    case .foreignError: throw Foreign()
    case .longMessage: throw NoDirectionError(String(repeating: "x", count: 100_000))
    case .violation: throw Violation("planted violation")
    }
  }

  /// The processor's seconds.
  private static func clock() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @inline(never) private static func depth(of number: Int) -> Int {
    clock() < 0 ? number : depth(of: number + 1) + number
  }
}
