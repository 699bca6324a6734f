import Foundation

/// How much the resident memory grew while something was read.
struct MemoryWatch {
  private let pageBytes = Int(getpagesize())
  private let statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
  private let clearReferences = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
  private var peakBefore = 0
  private var residentBefore = 0

  /// With these variables of the environment, large blocks go back to the system when they are freed: then each input's
  /// own show.
  static let environment = ["MALLOC_MMAP_THRESHOLD_": "131072"]

  init() { start() }

  /// Limits the addresses that the process may have from now on.
  func limitAddresses(toGrowBy bytes: Int) {
    let limit = rlim_t(statistics[0] * pageBytes + bytes)
    var limits = rlimit(rlim_cur: limit, rlim_max: limit)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits)
  }

  /// The growth up to the peak since the last call, in bytes.
  ///
  /// Peaks that are no higher than the one before are not told: that of the process is looked at alone, and only where it
  /// rose is it looked at closely and forgotten.
  mutating func growth() -> Int {
    let peak = Self.peak
    guard peak > peakBefore else { return 0 }
    let growth = peak - residentBefore
    start()
    return growth
  }

  private mutating func start() {
    // 5 makes the system forget the peak.
    _ = write(clearReferences, "5", 1)
    residentBefore = statistics[1] * pageBytes
    peakBefore = max(Self.peak, residentBefore)
  }

  private static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// Addresses and resident memory, in pages.
  private var statistics: [Int] {
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = pread(statm, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ").compactMap { Int($0) }
  }
}
