import Foundation

/// Tells what is found in the files that a thread reads, for those who want to look at the files of a data set.
package enum FileWatch {
  /// What is called with a file that was read: the kind of its content, such as `PNG, 8 bits, 3 channels`, and the sizes
  /// of all dimensions.
  package typealias Observer = (_ file: URL, _ kind: String, _ shape: [Int]) -> Void

  /// Calls a function, and an observer with all that the function reads on this thread.
  package static func observing<Value>(_ observer: @escaping Observer, _ body: () throws -> Value) rethrows -> Value {
    let values = Thread.current.threadDictionary
    let outer = values[key]
    values[key] = Box(observer: observer)
    defer { values[key] = outer }
    return try body()
  }

  /// Tells of a file.
  package static func tell(_ file: URL, _ shape: [Int], _ kind: @autoclosure () -> String) {
    (Thread.current.threadDictionary[key] as? Box)?.observer(file, kind(), shape)
  }

  private static let key = "polymath.FileWatch"

  private final class Box {
    let observer: Observer

    init(observer: @escaping Observer) { self.observer = observer }
  }
}
