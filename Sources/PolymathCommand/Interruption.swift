import Foundation

/// Ctrl-C, and the polite request to end.
enum Interruption {
  /// Only set by the signal handler, which may do nothing else, and read between steps.
  nonisolated(unsafe) private static var requested: sig_atomic_t = 0

  static var wasRequested: Bool { requested != 0 }

  /// A first signal asks the training to save and stop; a second one ends the process at once.
  static func catchSignals() {
    // A process inherits what its parent's thread had blocked; these have to arrive.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&signals, number)
      signal(number) { number in
        Interruption.requested = 1
        signal(number, SIG_DFL)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
