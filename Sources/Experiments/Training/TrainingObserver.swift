/// Something that follows a training without taking part in it.
public protocol TrainingObserver: AnyObject {
  /// Takes note of a record, in the order of training.
  ///
  /// - Throws: An error that ends the training.
  func observe(_ record: LogRecord) throws
  /// Training has ended, for whatever reason.
  func finish()
}

extension TrainingObserver {
  /// Does nothing.
  public func finish() {}
}
