/// An object that follows a training without taking part in it.
public protocol TrainingObserver: AnyObject {
  /// Takes note of a record, in the order of training.
  ///
  /// - Throws: An error that ends the training.
  func observe(_ record: LogRecord) throws
  /// Called once when the training ends, also after an error; does nothing by default.
  func finish()
}

extension TrainingObserver {
  /// Does nothing.
  public func finish() {}
}
