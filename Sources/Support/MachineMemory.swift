import Foundation

/// The memory that the process may use.
public enum MachineMemory {
  /// The number of bytes of the machine's memory, or less where a control group limits it.
  public static var byteCount: Int {
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    return min(Int(clamping: ProcessInfo.processInfo.physicalMemory), limits.min() ?? .max)
  }
}
