import Foundation

/// How long libtorch's threads wait for work before they sleep.
///
/// By default they spin for milliseconds after each kernel: where another process wants the cores, or loader threads
/// do, training then gets many times slower. The library reads the setting when it is loaded, so that the program
/// starts itself once more with it.
enum ThreadWaiting {
  private static let variable = "GOMP_SPINCOUNT"
  private static let turns = "30000"

  /// Whoever has set how to wait is not overruled.
  static func makeShort() {
    guard getenv(variable) == nil, getenv("OMP_WAIT_POLICY") == nil else { return }
    setenv(variable, turns, 1)
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    // By its own path, as the name that `ps` shows comes from it. Comes back only where it fails: then everything
    // works, just less well in company.
    execv(URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path, arguments)
  }
}
