import Foundation
import Support

/// The memory that several caches may take together.
public final class CacheBudget: @unchecked Sendable {
  private let lock = NSLock()
  private var bytesLeft: Int
  private var isExhausted = false
  /// The number of bytes that the caches may take in all.
  public let byteCount: Int

  /// Creates a budget of this many bytes.
  public init(bytes: Int) {
    byteCount = bytes
    bytesLeft = bytes
  }

  /// A new budget: a quarter of the memory that the process may use.
  public static var machine: CacheBudget { CacheBudget(bytes: MachineMemory.byteCount / 4) }

  /// Whether the last part that was asked for did fit, so that another one may.
  var hasRoom: Bool { lock.withLock { !isExhausted } }

  /// Takes a part of the budget; false if it does not fit.
  func take(_ bytes: Int) -> Bool {
    lock.withLock {
      isExhausted = bytes > bytesLeft
      if !isExhausted { bytesLeft -= bytes }
      return !isExhausted
    }
  }
}
