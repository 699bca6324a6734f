import CTorch

/// The memory of a tensor, seen without keeping it: views of one tensor have one memory.
package final class WatchedMemory {
  /// The identity of the memory, which no other memory has while this object exists.
  package let address: UnsafeRawPointer
  /// The size of the memory, also on ``Device/meta``, where it would be as large.
  package let byteCount: Int
  private let handle: OpaquePointer

  /// Watches the memory of a tensor; nil for a tensor that has none of its own, such as a sparse one.
  package init?(of tensor: Tensor) {
    var (address, bytes): (UnsafeRawPointer?, Int64) = (nil, 0)
    guard let handle = ct_watch_storage(tensor.handle, &address, &bytes), let address else { return nil }
    self.handle = handle
    self.address = address
    byteCount = Int(bytes)
  }

  deinit { ct_unwatch_storage(handle) }

  /// Whether a tensor still has the memory.
  package var isInUse: Bool { ct_is_in_use(handle) }
}

extension Tensor {
  /// The identity of the tensor, which is one for all references to it.
  package var identity: UnsafeRawPointer { UnsafeRawPointer(handle) }
}
