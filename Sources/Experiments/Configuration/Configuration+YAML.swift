import Foundation
import MultitaskLearning
import Torch
import Yams

/// A section of a configuration with its fields, whatever its type.
private struct AnySection {
  let name: String
  let fieldNames: [String]
  let read: (inout Configuration, _ field: String, Node, _ source: String) throws -> Void
  let write: (Configuration) -> [(name: String, yaml: String, summary: String)]

  init<Section>(_ name: String, _ path: WritableKeyPath<Configuration, Section>, _ fields: [Field<Section>]) {
    self.name = name
    fieldNames = fields.map(\.name)
    read = { configuration, fieldName, node, source in
      guard let field = fields.first(where: { $0.name == fieldName }) else {
        throw ConfigurationError(
          node, in: source, unknownName("field of '\(name)'", fieldName, among: fields.map(\.name)))
      }
      guard field.read(&configuration[keyPath: path], node) else {
        throw ConfigurationError(
          node, in: source,
          "'\(name).\(fieldName)' is \(node.briefly), but has to be \(field.allowed)\(field.suggestion(for: node))")
      }
    }
    write = { configuration in
      fields.map { ($0.name, $0.write(configuration[keyPath: path]), $0.summary) }
    }
  }

  static var all: [AnySection] {
    [
      AnySection("run", \.run, Configuration.Run.fields),
      AnySection("data", \.data, Configuration.Data.fields),
      AnySection("network", \.network, Configuration.Network.fields),
      AnySection("method", \.method, Configuration.Method.fields),
      AnySection("diagnostics", \.diagnostics, Configuration.Diagnostics.fields),
      AnySection("optimizer", \.optimizer, Configuration.OptimizerChoice.fields),
      AnySection("training", \.training, Configuration.Training.fields),
    ]
  }
}

extension Configuration {
  /// Reads a configuration file.
  ///
  /// - Throws: ``FileError``, or ``ConfigurationError`` with the line and the allowed values.
  public init(contentsOf url: URL) throws {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw FileError.unreadable(url, "is no readable text")
    }
    try self.init(yaml: text, source: url.path)
  }

  /// Reads the configuration of a run.
  ///
  /// - Throws: ``FileError`` where there is no run, or its configuration is empty: defaults are not what it was made with.
  public init(of run: RunFolder) throws {
    try run.requireRun()
    let size = (try? FileManager.default.attributesOfItem(atPath: run.configuration.path))?[.size] as? Int
    guard size != 0 else {
      throw FileError(run.configuration, "is empty, but held the run's configuration: it has to be put back")
    }
    try self.init(contentsOf: run.configuration)
  }

  /// - Parameter source: what errors call the text.
  public init(yaml: String, source: String = "configuration") throws {
    self.init()
    let root = try Node(yaml: yaml, source: source)
    guard let root, root.null == nil else { return }
    try read(root, in: source)
  }

  /// Takes sections with their fields.
  mutating func read(_ root: Node, in source: String) throws {
    guard let sections = root.mapping else {
      throw ConfigurationError(root, in: source, "a configuration has sections such as 'data:' and 'training:'")
    }
    for (key, value) in sections {
      let name = key.scalar?.string ?? ""
      let section = try Self.section(name, key, source)
      if value.null != nil { continue }
      guard let fields = value.mapping else {
        throw ConfigurationError(
          value, in: source,
          "'\(name)' is \(value.briefly), but has fields: \(section.fieldNames.joined(separator: ", "))")
      }
      for (field, fieldValue) in fields {
        try section.read(&self, field.scalar?.string ?? "", fieldValue, source)
      }
    }
  }

  /// Takes one field of a section.
  mutating func read(field: String, of section: String, _ node: Node, in source: String) throws {
    try Self.section(section, node, source).read(&self, field, node, source)
  }

  /// Takes one field by its path, `training.steps`.
  mutating func read(path: Node, _ node: Node, in source: String) throws {
    let parts = (path.scalar?.string ?? "").split(separator: ".").map(String.init)
    guard parts.count == 2 else {
      throw ConfigurationError(path, in: source, "\(path.briefly): a setting looks like training.steps: 100")
    }
    try Self.section(parts[0], path, source).read(&self, parts[1], node, source)
  }

  private static func section(_ name: String, _ node: Node, _ source: String) throws -> AnySection {
    guard let section = AnySection.all.first(where: { $0.name == name }) else {
      throw ConfigurationError(node, in: source, unknownName("section", name, among: AnySection.all.map(\.name)))
    }
    return section
  }

  /// Changes one field, `training.steps=100`, or one parameter of a method, `method.aggregator.c=0.4`.
  ///
  /// - Throws: ``ConfigurationError`` with the allowed values.
  public mutating func apply(assignment: String) throws {
    let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
    let path = (parts.first ?? "").split(separator: ".").map(String.init)
    if parts.count == 2, path.count == 3, path[0] == "method" {
      return try apply(MethodSetting(parsing: parts[1]), to: path[2], of: path[1], assignment)
    }
    guard parts.count == 2, path.count == 2 else {
      throw ConfigurationError("'\(assignment)': a setting looks like training.steps=100 or method.aggregator.c=0.4")
    }
    guard let section = AnySection.all.first(where: { $0.name == path[0] }) else {
      throw ConfigurationError("'\(assignment)': " + unknownName("section", path[0], among: AnySection.all.map(\.name)))
    }
    guard let node = (try? Yams.compose(yaml: parts[1])) ?? nil else {
      throw ConfigurationError("'\(assignment)': what follows the = is no YAML value")
    }
    try section.read(&self, path[1], node.withoutMark, "'\(assignment)'")
  }

  private mutating func apply(
    _ setting: MethodSetting, to parameter: String, of part: String, _ assignment: String
  ) throws {
    guard let kind = MethodKind(rawValue: part) else {
      throw ConfigurationError(
        "'\(assignment)': " + unknownName("part of a method", part, among: MethodKind.allCases.map(\.rawValue)))
    }
    method[kind].settings[parameter] = setting
  }

  /// All fields with their values and what they mean.
  public var yaml: String {
    AnySection.all.map { section in
      let lines = section.write(self)
      let width = lines.map { $0.name.count + $0.yaml.count + 2 }.max() ?? 0
      return "\(section.name):\n"
        + lines.map { line in
          let text = "\(line.name): \(line.yaml)"
          return "  \(text)\(String(repeating: " ", count: width - text.count))  # \(line.summary)\n"
        }.joined()
    }.joined(separator: "\n")
  }
}

extension Node {
  /// None of a text without content.
  ///
  /// - Throws: ``ConfigurationError`` with the place of what is no YAML.
  init?(yaml: String, source: String) throws {
    do {
      guard let root = try Yams.compose(yaml: yaml) else { return nil }
      self = root
    } catch YamlError.duplicatedKeysInMapping(let names, let place) {
      let names = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw ConfigurationError(
        "\(source), line \(place.mark.line): the section that begins here has \(names) more than once")
    } catch let error as YamlError {
      throw ConfigurationError("\(source): is no YAML: \(error)")
    }
  }

  var briefly: String {
    switch self {
    case .scalar(let scalar): "'\(scalar.string)'"
    case .mapping: "a mapping"
    case .sequence(let sequence):
      "[" + sequence.prefix(6).map(\.briefly).joined(separator: ", ") + (sequence.count > 6 ? ", …]" : "]")
    default: "an alias"
    }
  }

  /// The same value from no file.
  fileprivate var withoutMark: Node {
    guard let scalar = scalar else { return self }
    return Node(scalar.string, scalar.tag, scalar.style)
  }
}
