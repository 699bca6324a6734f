/// Something that follows a training without taking part in it.
public protocol TrainingObserver: AnyObject {
  func observe(_ record: LogRecord) throws
  /// Training has ended, for whatever reason.
  func finish()
}

extension TrainingObserver {
  /// Does nothing.
  public func finish() {}
}
