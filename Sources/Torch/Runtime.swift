import CTorch

/// libtorch's settings for the whole process.
public enum Runtime {
  /// The number of threads that libtorch's kernels use when they are called from this thread.
  public static var threadCount: Int {
    get { Int(ct_threads()) }
    set { ct_set_threads(Int32(newValue)) }
  }

  /// The version of the libtorch in use, for instance `2.13.0`.
  public static var version: String { String(cString: ct_version()) }

  /// Chooses kernels that give the same bits every time, where libtorch has them.
  public static func useDeterministicKernels() { ct_set_deterministic(true) }
}

/// Runs a body in which attention is computed by operators that have second derivatives, which the fused kernels lack.
///
/// The choice holds for the whole process while the body runs.
public func withDifferentiableAttention<Result>(_ body: () throws -> Result) rethrows -> Result {
  ct_set_fused_attention(false)
  defer { ct_set_fused_attention(true) }
  return try body()
}

/// Runs a body in which matrix products and convolutions compute in bfloat16, while parameters, sums and losses stay in
/// float32. The mode is that of the thread: do not suspend inside.
public func withAutocast<Result>(_ device: Device, _ body: () throws -> Result) rethrows -> Result {
  _ = ct_set_autocast(device.kind.rawValue, true, DType.bfloat16.rawValue)
  defer { _ = ct_set_autocast(device.kind.rawValue, false, DType.bfloat16.rawValue) }
  return try body()
}
