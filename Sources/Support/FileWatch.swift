import Foundation

/// Tells what is found in the files that are read, for those who want to look at the files of a data set.
package enum FileWatch {
  /// What is called with a file that was read: the kind of its content, such as `PNG, 8 bits, 3 channels`, and the sizes
  /// of all dimensions. It is nil, by default, if nothing is watched.
  @TaskLocal package static var observer: (@Sendable (_ file: URL, _ kind: String, _ shape: [Int]) -> Void)?

  /// Tells of a file.
  package static func tell(_ file: URL, _ shape: [Int], _ kind: @autoclosure () -> String) {
    observer?(file, kind(), shape)
  }
}
