import Foundation
import MultitaskLearning
import Support
import Torch
import Yams

extension Configuration {
  /// Reads a configuration file. YAML's aliases are not taken, and no file of more than 256 kB.
  ///
  /// - Throws: `FileError`, or ``ConfigurationError`` with the line and the allowed values.
  public init(contentsOf url: URL) throws {
    try self.init(yaml: YAMLText.contents(of: url), source: url.path)
  }

  /// Reads the configuration of a run, whose own files it names below the run's folder.
  ///
  /// - Throws: `FileError` where there is no run, or its configuration is empty: defaults are not what it was made with.
  public init(of run: RunFolder) throws {
    try run.requireRun()
    let size = (try? FileManager.default.attributesOfItem(atPath: run.configuration.path))?[.size] as? Int
    guard size != 0 else {
      throw FileError(run.configuration, "is empty, but held the run's configuration: it has to be put back")
    }
    try self.init(contentsOf: run.configuration)
    self = withFiles(below: run.url)
  }

  /// - Parameters:
  ///   - yaml: the configuration as YAML; fields that it lacks have their defaults.
  ///   - source: what errors call the text.
  public init(yaml: String, source: String = "configuration") throws {
    self.init()
    guard let root = try YAMLText.root(of: yaml, source: source), !root.isNull else { return }
    try read(root, in: source)
  }

  /// Takes sections with their fields.
  mutating func read(_ root: Node, in source: String) throws {
    guard let sections = root.mapping else {
      throw ConfigurationError(root, in: source, "a configuration has sections such as 'data:' and 'training:'")
    }
    for (key, value) in sections {
      let name = key.scalar?.string ?? ""
      if name == Self.workloadName {
        try readWorkload(value, in: source)
        continue
      }
      let section = try Self.section(name, key, source)
      if value.isNull { continue }
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

  /// The one field that stands beside the sections.
  private static let workloadName = "workload"

  private mutating func readWorkload(_ node: Node, in source: String) throws {
    guard let choice = MethodChoice(node) else {
      throw ConfigurationError(
        node, in: source,
        "'\(Self.workloadName)' is \(node.briefly), but has to be a name, or {name: …, parameter: value, …}. There are: \(WorkloadRegistry.shared.names.joined(separator: ", "))"
      )
    }
    workload = choice
  }

  /// Takes one field of a section.
  mutating func read(field: String, of section: String, _ node: Node, in source: String) throws {
    try Self.section(section, node, source).read(&self, field, node, source)
  }

  /// Takes one field by its path, `training.steps`.
  mutating func read(path: Node, _ node: Node, in source: String) throws {
    let parts = (path.scalar?.string ?? "").split(separator: ".").map(String.init)
    if parts == [Self.workloadName] { return try readWorkload(node, in: source) }
    guard parts.count == 2 else {
      throw ConfigurationError(path, in: source, "\(path.briefly): a setting looks like training.steps: 100")
    }
    try Self.section(parts[0], path, source).read(&self, parts[1], node, source)
  }

  private static func section(_ name: String, _ node: Node, _ source: String) throws -> ConfigurationSection {
    guard let section = ConfigurationSection.all.first(where: { $0.name == name }) else {
      throw ConfigurationError(
        node, in: source, unknownName("section", name, among: Self.sectionNames))
    }
    return section
  }

  private static let sectionNames = [workloadName] + ConfigurationSection.all.map(\.name)

  /// Changes one field, `training.steps=100`, or one parameter of a method, `method.aggregator.c=0.4`.
  ///
  /// - Throws: ``ConfigurationError`` with the allowed values.
  public mutating func apply(assignment: String) throws {
    let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
    let source = "'\(excerpt(assignment))'"
    let path = (parts.first ?? "").split(separator: ".").map(String.init)
    if parts.count == 2, path.count == 3 {
      let setting = MethodSetting(parsing: parts[1])
      if path[0] == "method" { return try apply(setting, to: path[2], of: path[1], source) }
      if path[0] == "network", path[1] == "sharing" { return network.sharing.settings[path[2]] = setting }
      if path[0] == "data", path[1] == "dataset" { return try apply(setting, toDataset: path[2], source) }
      if path[0] == "network", path[1] == "decoder" { return network.decoder.settings[path[2]] = setting }
    }
    if parts.count == 2, path == [Self.workloadName] {
      return try readWorkload(Self.node(parts[1], source), in: source)
    }
    if parts.count == 2, path.count == 2, path[0] == Self.workloadName {
      return workload.settings[path[1]] = MethodSetting(parsing: parts[1])
    }
    guard parts.count == 2, path.count == 2 else {
      throw ConfigurationError("\(source): \(Self.flaw(of: path, hasValue: parts.count == 2))")
    }
    guard let section = ConfigurationSection.all.first(where: { $0.name == path[0] }) else {
      throw ConfigurationError(
        "\(source): " + unknownName("section", path[0], among: Self.sectionNames))
    }
    try section.read(&self, path[1], Self.node(parts[1], source), source)
  }

  private static func node(_ value: String, _ source: String) throws -> Node {
    guard let node = try YAMLText.root(of: value, source: source) else {
      throw ConfigurationError("\(source): what follows the = is no YAML value")
    }
    return node.withoutMark
  }

  /// What is wrong with an assignment that is not of the form SECTION.FIELD=VALUE.
  private static func flaw(of path: [String], hasValue: Bool) -> String {
    let form = "a setting looks like training.steps=100 or method.aggregator.c=0.4"
    guard let name = path.first, path.count == 1 else { return hasValue ? form : "has no value: \(form)" }
    if name == "method" { return "the methods of all stages at once are the option --method; \(form)" }
    let sections = ConfigurationSection.all.filter { $0.fieldNames.contains(name) }.map { "\($0.name).\(name)" }
    guard sections.isEmpty else { return "the field is called \(sections.joined(separator: " or ")): \(form)" }
    return sectionNames.contains(name) ? "is a section, of which one field has to be named: \(form)" : form
  }

  private mutating func apply(_ setting: MethodSetting, toDataset name: String, _ source: String) throws {
    guard data.dataset != nil else {
      throw ConfigurationError(
        "\(source): data.dataset is null: it has to name a data set before its settings are changed")
    }
    data.dataset?.settings[name] = setting
  }

  private mutating func apply(
    _ setting: MethodSetting, to parameter: String, of part: String, _ source: String
  ) throws {
    guard let kind = MethodKind(rawValue: part) else {
      throw ConfigurationError(
        "\(source): " + unknownName("part of a method", part, among: MethodKind.allCases.map(\.rawValue)))
    }
    method[kind].settings[parameter] = setting
  }

  /// All fields with their values and what they mean.
  public var yaml: String {
    "\(Self.workloadName): \(workload.yaml)  # what is trained\n\n"
      + ConfigurationSection.all.map { section in
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
