import CTorch

/// A processor in whose memory tensors lie: the CPU or a CUDA GPU; or ``meta``, where they take no memory.
public struct Device: Hashable, Sendable, CustomStringConvertible {
  /// The kind of a device, whose raw value is libtorch's own code.
  public enum Kind: Int32, Sendable {
    /// The processor that runs the program.
    case cpu = 0
    /// A GPU that libtorch reaches through CUDA.
    case cuda = 1
    /// A device without memory, on which tensors have a shape and no elements.
    case meta = 14
  }

  /// The kind of the device.
  public let kind: Kind
  /// The number of the device among those of its kind, from 0; 0 for the CPU.
  public let index: Int

  /// The processor that runs the program.
  public static let cpu = Device(kind: .cpu, index: 0)
  /// Returns the CUDA GPU of a number, which defaults to the first, whether or not this machine has it.
  public static func cuda(_ index: Int = 0) -> Device { Device(kind: .cuda, index: index) }

  /// The device on which tensors have a shape and no elements: what is computed there costs neither time nor memory, and
  /// only says which shape the results would have. Elements read as zeros, and tensors do not come back from there.
  ///
  /// Autograd does not follow the operators for which libtorch has no rule of its own, such as convolutions.
  public static let meta = Device(kind: .meta, index: 0)

  /// Reads `cpu`, `cuda` or `cuda:1`.
  ///
  /// - Throws: ``TorchError`` if the text names no device, or one that this machine lacks.
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

  /// libtorch's type in the upper bytes, its index (−1 where there is one device) in the lowest.
  var code: Int64 { Int64(kind.rawValue) << 8 | (kind == .cuda ? Int64(index) : 0xff) }

  /// Whether this machine has the device and libtorch can use it; the first question about a GPU loads libtorch's CUDA
  /// part.
  public var isAvailable: Bool {
    if kind == .cuda { ct_load_accelerator() }
    if kind == .meta { return true }
    return index < Int(ct_device_count(kind.rawValue))
  }

  /// The device as ``init(parsing:)`` reads it, `cpu` or `cuda:0`; or `meta`.
  public var description: String {
    switch kind {
    case .cpu: "cpu"
    case .cuda: "cuda:\(index)"
    case .meta: "meta"
    }
  }
}
