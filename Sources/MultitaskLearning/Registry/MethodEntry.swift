import Support

/// A method as the registry knows it: what it is, its parameters, and how to make one.
public struct MethodEntry<Method: Sendable>: Registered {
  /// As typed on the command line.
  public let name: String
  public let summary: String
  /// Where the method was published.
  public let paper: String
  public let parameters: [MethodParameter]
  private let create: @Sendable (MethodSettings) throws -> Method

  /// - Parameters:
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

  /// - Throws: ``MethodError`` for a setting that is unknown or not allowed.
  public func make(
    _ settings: [String: MethodSetting] = [:], tasks: [String], totalSteps: Int? = nil
  ) throws -> Method {
    try create(
      MethodSettings(settings, parameters: parameters, method: name, tasks: tasks, totalSteps: totalSteps))
  }
}
