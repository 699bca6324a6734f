/// Stops the program when a condition does not hold, in every build.
///
/// A wrong call is a programming error: it ends at once and says what was wrong. `precondition` would stop a release
/// build, too, but without its message.
///
/// - Parameter message: what was found, and what would be right.
@inlinable
public func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard !condition() else { return }
  fatalError(message(), file: file, line: line)
}
