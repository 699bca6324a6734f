import Support
import Yams

/// A section of a configuration with its fields, whatever its type.
struct ConfigurationSection {
  let name: String
  let fieldNames: [String]
  let read: (inout Configuration, _ field: String, Node, _ source: String) throws -> Void
  /// - Throws: ``ConfigurationError`` for a value that is not allowed.
  let check: (Configuration) throws -> Void
  let write: (Configuration) -> [(name: String, yaml: String, summary: String)]

  private init<Section>(
    _ name: String, _ path: WritableKeyPath<Configuration, Section>, _ fields: [Field<Section>],
    renamed: [String: String] = [:], aliases: [String: String] = [:]
  ) {
    self.name = name
    fieldNames = fields.map(\.name)
    read = { configuration, fieldName, node, source in
      if let newName = renamed[fieldName] {
        throw ConfigurationError(node, in: source, "'\(name).\(fieldName)' is gone: \(newName)")
      }
      guard let field = fields.first(where: { $0.name == aliases[fieldName] ?? fieldName }) else {
        throw ConfigurationError(
          node, in: source, unknownName("field of '\(name)'", fieldName, among: fields.map(\.name)))
      }
      guard field.read(&configuration[keyPath: path], node) else {
        let reason = field.explain(node).map { "'\(name).\(field.name)': \($0)" }
        throw ConfigurationError(
          node, in: source,
          reason ?? field.complaint(section: name, found: node.briefly, text: node.scalar?.string))
      }
    }
    check = { configuration in
      let section = configuration[keyPath: path]
      guard let field = fields.first(where: { !$0.isAllowed(section) }) else { return }
      let found = field.write(section)
      throw ConfigurationError(field.complaint(section: name, found: excerpt(found, limit: 200), text: found))
    }
    write = { configuration in
      fields.map { ($0.name, $0.write(configuration[keyPath: path]), $0.summary) }
    }
  }

  static var all: [ConfigurationSection] {
    [
      ConfigurationSection("run", \.run, Configuration.Run.fields),
      // The older name of the field says the same.
      ConfigurationSection("data", \.data, Configuration.Data.fields, aliases: ["reader": "dataset"]),
      ConfigurationSection(
        "network", \.network, Configuration.Network.fields, renamed: Configuration.Network.renamedFields),
      ConfigurationSection("method", \.method, Configuration.Method.fields),
      ConfigurationSection("diagnostics", \.diagnostics, Configuration.Diagnostics.fields),
      ConfigurationSection("optimizer", \.optimizer, Configuration.OptimizerChoice.fields),
      ConfigurationSection("training", \.training, Configuration.Training.fields),
    ]
  }
}
