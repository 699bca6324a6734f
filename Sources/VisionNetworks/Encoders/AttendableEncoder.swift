import NeuralNetworks

/// An encoder to whose layers tasks can attend, each with masks of its own.
public protocol AttendableEncoder: Encoder {
  /// Returns an encoder whose features are those of the tasks: what their masks leave of this encoder's maps.
  ///
  /// - Parameters:
  ///   - tasks: the names of all tasks.
  ///   - path: where this encoder is registered; the layers of tasks are registered beside it.
  ///   - form: the form of the layers that tasks have of their own, or share.
  func attended(by tasks: [String], at path: ParameterPath, _ form: AttentionSharing.Form) -> any Encoder
}
