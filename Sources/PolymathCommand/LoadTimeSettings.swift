import Foundation

/// What libraries read from the environment when they are loaded, so that the program starts itself once more with it.
enum LoadTimeSettings {
  /// By default, libtorch's threads spin for milliseconds after each kernel before they sleep: where another process wants
  /// the cores, or loader threads do, training then gets many times slower.
  private static let shortWaiting = (
    name: "GOMP_SPINCOUNT", value: "30000", alternatives: ["OMP_WAIT_POLICY"]
  )

  /// By default, the C library hands freed memory back to the system at the end of each backward pass, and the next
  /// forward pass waits for the system to clear it again: some 8 % of a ResNet-18's step. The first threshold is the largest
  /// that there can be; setting the second alone would make it the smallest.
  private static let keptMemory = (
    name: "GLIBC_TUNABLES", value: "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=1099511627776",
    alternatives: ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"]
  )

  /// Set in a program that was started again: privileged ones lose settings on the way, and would start for ever.
  private static let marker = "POLYMATH_LOAD_TIME_SETTINGS"

  /// Whoever has set something is not overruled.
  static func apply() {
    guard getenv(marker) == nil else { return }
    let settings = [keptMemory, shortWaiting].filter { setting in
      ([setting.name] + setting.alternatives).allSatisfy { getenv($0) == nil }
    }
    guard !settings.isEmpty else { return }
    for setting in settings { setenv(setting.name, setting.value, 1) }
    setenv(marker, "1", 1)
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    // By its own path, as the name that `ps` shows comes from it. Comes back only where it fails: then everything
    // works, just less well.
    execv(URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path, arguments)
  }
}
