import Support

/// A method as the registry knows it: what it is, its parameters, and how to make it.
public struct MethodEntry<Method: Sendable>: Registered {
  /// The name by which configurations ask for the method: letters, digits, `-`, `_` and `.`.
  public let name: String
  /// What the method does, in a sentence.
  public let summary: String
  /// Where the method was published.
  public let paper: String
  /// The parameters that can be set, in the order in which they are listed.
  public let parameters: [MethodParameter]
  private let create: @Sendable (MethodSettings) throws -> Method

  /// - Parameters:
  ///   - name: of the method, by which configurations ask for it.
  ///   - summary: what the method does, in a sentence.
  ///   - paper: where the method was published: authors, title, venue, year.
  ///   - parameters: of different names, each with a default that it allows itself.
  ///   - create: makes the method from values that are known to be allowed.
  public init(
    _ name: String, summary: String, paper: String, parameters: [MethodParameter] = [],
    create: @escaping @Sendable (MethodSettings) throws -> Method
  ) {
    for (index, parameter) in parameters.enumerated() {
      require(
        !parameters.prefix(index).contains { $0.name == parameter.name },
        "\(name) declares the parameter '\(parameter.name)' twice")
      require(
        parameter.defaultValue.map(parameter.allows) ?? true,
        "\(name): the default of '\(parameter.name)' is \(parameter.defaultValue.map { "\($0)" } ?? ""), but has to be \(parameter.allowed)"
      )
    }
    self.name = name
    self.summary = summary
    self.paper = paper
    self.parameters = parameters
    self.create = create
  }

  /// Makes the method.
  ///
  /// - Parameters:
  ///   - settings: values of parameters; the others have their defaults.
  ///   - tasks: the names of the tasks that the method is for, in the network's order.
  ///   - totalSteps: the number of steps of the training, where it is known.
  /// - Throws: ``MethodError`` for a setting that is unknown or not allowed, or from the method.
  public func make(
    _ settings: [String: MethodSetting] = [:], tasks: [String], totalSteps: Int? = nil
  ) throws -> Method {
    try create(
      MethodSettings(settings, parameters: parameters, method: name, tasks: tasks, totalSteps: totalSteps))
  }
}
