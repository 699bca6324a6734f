/// A method as the registry knows it: what it is, its parameters, and how to make one.
public struct MethodEntry<Method: Sendable>: Sendable {
  /// As typed on the command line.
  public let name: String
  public let summary: String
  /// Where the method was published.
  public let paper: String
  public let parameters: [MethodParameter]
  private let create: @Sendable (MethodSettings) throws -> Method

  public init(
    _ name: String, summary: String, paper: String, parameters: [MethodParameter] = [],
    create: @escaping @Sendable (MethodSettings) throws -> Method
  ) {
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
