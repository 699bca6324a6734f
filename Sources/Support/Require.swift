/// Stops the program when a condition does not hold, in every build.
///
/// A wrong call is a programming error: it ends at once and says what was wrong. `precondition` would stop a release
/// build, too, but without its message.
///
/// - Parameters:
///   - condition: what has to hold.
///   - message: what was found, and what would be right.
///   - file: the file of the call, which the message names.
///   - line: the line of the call, which the message names.
@inlinable
public func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard !condition() else { return }
  fatalError(message(), file: file, line: line)
}
