import Foundation
import Support

/// What a worker is doing, in a file mapped into memory: it is there when the process is not any more, and costs no
/// system call for an input.
final class Progress {
  /// Numbers at the start of the file.
  private enum Field: Int {
    case index
    case processorNanoseconds
    case clockNanoseconds
    case accepted
    case refused
    case violations
    case inputCount
    case done
  }

  private static let inputOffset = 64
  private static let byteCount = inputOffset + Limits.inputBytes
  private let memory: UnsafeMutableRawPointer

  init(_ url: URL) throws {
    let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0, ftruncate(descriptor, off_t(Self.byteCount)) == 0 else {
      throw FileError(url, "cannot be opened")
    }
    defer { close(descriptor) }
    let address = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw FileError(url, "cannot be mapped") }
    memory = address
  }

  deinit { munmap(memory, Self.byteCount) }

  private subscript(_ field: Field) -> Int {
    get { memory.load(fromByteOffset: field.rawValue * 8, as: Int.self) }
    set { memory.storeBytes(of: newValue, toByteOffset: field.rawValue * 8, as: Int.self) }
  }

  // MARK: The worker's side

  func begin(_ input: [UInt8], index: Int) {
    input.withUnsafeBytes {
      (memory + Self.inputOffset).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
    }
    self[.inputCount] = input.count
    self[.processorNanoseconds] = Self.nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
    self[.clockNanoseconds] = Self.nanoseconds(CLOCK_MONOTONIC)
    self[.index] = index
  }

  /// The processor's time since the input began.
  var processorSeconds: Double {
    Double(Self.nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - self[.processorNanoseconds]) / 1e9
  }

  func countAccepted() { self[.accepted] += 1 }
  func countRefused() { self[.refused] += 1 }
  func countViolation() { self[.violations] += 1 }
  func finish() { self[.done] = 1 }

  // MARK: The supervisor's side

  func reset() {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.inputOffset)
    self[.index] = -1
  }

  /// Of the input that is read; −1 before the first.
  var index: Int { self[.index] }
  var accepted: Int { self[.accepted] }
  var refused: Int { self[.refused] }
  var violations: Int { self[.violations] }
  var isDone: Bool { self[.done] == 1 }

  var input: [UInt8] {
    Array(UnsafeRawBufferPointer(start: memory + Self.inputOffset, count: min(self[.inputCount], Limits.inputBytes)))
  }

  /// Whether the input that is read has taken longer than it may.
  func hangs(process: pid_t) -> Bool {
    guard index >= 0, !isDone else { return false }
    if Double(Self.nanoseconds(CLOCK_MONOTONIC) - self[.clockNanoseconds]) / 1e9 > Limits.wallSeconds { return true }
    var clock = clockid_t()
    guard clock_getcpuclockid(process, &clock) == 0 else { return false }
    // Twice: the worker itself tells what ends.
    return Double(Self.nanoseconds(clock) - self[.processorNanoseconds]) / 1e9 > 2 * Limits.seconds
  }

  private static func nanoseconds(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
