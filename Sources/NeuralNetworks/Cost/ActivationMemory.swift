import Torch

/// The memory of features during a forward pass.
struct ActivationMemory {
  private var memories: [UnsafeRawPointer: WatchedMemory] = [:]
  /// What a training would keep, whether or not an evaluation still has it.
  private var keptMemories: [UnsafeRawPointer: WatchedMemory] = [:]
  private var ignored: Set<UnsafeRawPointer> = []
  private let ignoredMemories: [WatchedMemory]

  /// The most bytes at one time.
  private(set) var peak = 0
  /// The bytes that a training keeps.
  var kept: Int { keptMemories.values.reduce(0) { $0 + $1.byteCount } }

  /// - Parameter others: tensors that are no features.
  init(of images: Tensor, apartFrom others: [Tensor]) {
    ignoredMemories = others.compactMap(WatchedMemory.init)
    ignored = Set(ignoredMemories.map(\.address))
    watch(images)
  }

  /// - Parameter features: those tensors among the arguments that are no parameters.
  mutating func add(_ call: OperatorCall, features: [Tensor]) {
    let results = call.results.compactMap { watch($0) }
    if call.keepsResults { for memory in results { keptMemories[memory.address] = memory } }
    if call.keepsArguments {
      for memory in features.compactMap({ watch($0) }) { keptMemories[memory.address] = memory }
    }
    memories = memories.filter { $0.value.isInUse }
    peak = max(peak, memories.values.reduce(0) { $0 + $1.byteCount })
  }

  /// Notes the memory of a tensor; nil if it is no feature.
  @discardableResult
  private mutating func watch(_ tensor: Tensor) -> WatchedMemory? {
    guard let memory = WatchedMemory(of: tensor), !ignored.contains(memory.address) else { return nil }
    if let known = memories[memory.address] { return known }
    memories[memory.address] = memory
    return memory
  }
}
