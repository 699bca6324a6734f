import Foundation

/// Settings that libraries read from the environment when they are loaded: the program sets them, then starts anew.
enum LoadTimeSettings {
  /// By default, libtorch's threads spin for milliseconds after each kernel before they sleep. If other processes or
  /// loader threads need the cores, training then becomes many times slower.
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

  /// Set in a program that was started again. Without it, a privileged program, which loses the settings on the way,
  /// would start again forever.
  private static let marker = "POLYMATH_LOAD_TIME_SETTINGS"

  /// Applies the settings, except those that the environment already has in this or an alternative form.
  static func apply() {
    guard getenv(marker) == nil else { return }
    let settings = [keptMemory, shortWaiting].filter { setting in
      ([setting.name] + setting.alternatives).allSatisfy { getenv($0) == nil }
    }
    guard !settings.isEmpty else { return }
    for setting in settings { setenv(setting.name, setting.value, 1) }
    setenv(marker, "1", 1)
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    // The program's own path is used because `ps` shows its name. The call returns only if it fails; everything then
    // works, but more slowly.
    execv(URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path, arguments)
  }
}
