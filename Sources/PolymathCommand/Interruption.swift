import ArgumentParser
import Foundation

/// The signals that ask the program to end: SIGINT, which Ctrl-C sends, SIGTERM, and SIGHUP, which a lost terminal sends.
enum Interruption {
  /// The number of the signal, set by the signal handler, which may do nothing else; read between steps.
  nonisolated(unsafe) private static var requested: sig_atomic_t = 0

  static var wasRequested: Bool { requested != 0 }

  /// What a shell has for a process that the signal ended.
  static var exitCode: ExitCode { ExitCode(128 + requested) }

  /// A first signal asks the training to save and stop; a second one ends the process at once.
  static func catchSignals() {
    // A process inherits the signals that its parent's thread has blocked, so these are unblocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&signals, number)
      signal(number) { number in
        Interruption.requested = number
        signal(number, SIG_DFL)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
