import CTorch

/// Where a tensor lives.
public struct Device: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Int32, Sendable {
    case cpu = 0
    case cuda = 1
  }

  public let kind: Kind
  public let index: Int

  public static let cpu = Device(kind: .cpu, index: 0)
  public static func cuda(_ index: Int = 0) -> Device { Device(kind: .cuda, index: index) }

  /// Reads `cpu`, `cuda` or `cuda:1`.
  ///
  /// - Throws: ``TorchError`` when the text names no device, or one that this machine lacks.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case ("cpu", 1): self = .cpu
    case ("cuda", 1): self = .cuda()
    case ("cuda", 2):
      guard let index = Int(parts[1]), index >= 0 else { fallthrough }
      self = .cuda(index)
    default: throw TorchError("no device '\(text)': use cpu, cuda or cuda:1")
    }
    guard isAvailable else {
      throw TorchError(
        "device '\(text)' was asked for, but this machine has no such GPU that libtorch can use: use cpu")
    }
  }

  init(kind: Kind, index: Int) {
    self.kind = kind
    self.index = index
  }

  init(code: Int64) {
    self.init(kind: Kind(rawValue: Int32(code >> 8)) ?? .cpu, index: max(0, Int(Int8(truncatingIfNeeded: code))))
  }

  /// libtorch's type in the upper bytes, its index (−1 for the CPU) in the lowest.
  var code: Int64 { Int64(kind.rawValue) << 8 | (kind == .cpu ? 0xff : Int64(index)) }

  public var isAvailable: Bool {
    if kind != .cpu { ct_load_accelerator() }
    return index < Int(ct_device_count(kind.rawValue))
  }

  public var description: String { kind == .cpu ? "cpu" : "cuda:\(index)" }
}
