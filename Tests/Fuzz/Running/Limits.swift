import Glibc

/// What reading an input may take.
enum Limits {
  /// Of the processor's time, so that a busy machine makes no findings.
  static let seconds = 2.0
  /// Of the clock's time: then an input hangs that waits for something.
  static let wallSeconds = 60.0
  /// Addresses beyond those that a worker has when it starts.
  static let addressBytes = 1 << 30
  /// An error is a few lines.
  static let messageLength = 2500
  /// Inputs are small: what their size does not justify shows.
  static let inputBytes = 1 << 18
  /// A subject with more is broken: its time is better spent on others.
  static let findings = 40

  /// What the resident memory may grow by.
  static func memoryBytes(inputCount: Int) -> Int { (64 << 20) + 10_000 * inputCount }
}
