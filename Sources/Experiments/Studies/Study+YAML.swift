import Foundation
import MultitaskLearning
import Support
import Torch
import Yams

extension Study {
  private static let fields = ["seeds", "configuration", "baselines", "reference", "keepCheckpoints", "methods"]

  /// Reads a study file.
  ///
  ///     seeds: [1, 2, 3]
  ///     baselines: true               # a single-task network for each task and seed
  ///     reference: GD                 # without baselines: the method that gains are measured against
  ///     keepCheckpoints: false        # finished runs keep metrics and reports alone
  ///     configuration: {training: {steps: 500}}        # sections, or the path of a configuration file
  ///     methods:
  ///       GD: equal                   # as --method takes it
  ///       CAGrad: {aggregator: {name: cagrad, c: 0.4}} # or the fields of the section `method`,
  ///       Fast GD: {set: {optimizer.learningRate: 0.01}} # and settings of other fields
  ///
  /// YAML's aliases are not taken, and no file of more than 256 kB.
  ///
  /// - Throws: `FileError`, or ``ConfigurationError`` with the line and what would be right.
  public init(contentsOf url: URL) throws {
    try self.init(yaml: YAMLText.contents(of: url), source: url.path, folder: url.deletingLastPathComponent())
  }

  /// - Parameter folder: where a configuration file's path starts.
  init(yaml: String, source: String, folder: URL) throws {
    self.init()
    guard let root = try YAMLText.root(of: yaml, source: source), let fields = root.mapping else {
      throw ConfigurationError("\(source): a study has fields: \(Self.fields.joined(separator: ", "))")
    }
    for (key, _) in fields where !Self.fields.contains(key.scalar?.string ?? "") {
      throw ConfigurationError(
        key, in: source, unknownName("field of a study", key.scalar?.string ?? "", among: Self.fields))
    }
    if let node = root["configuration"], !node.isNull { try readConfiguration(node, source, folder) }
    if let node = root["seeds"] { seeds = try Self.seeds(node, source) }
    if let node = root["reference"] {
      guard let label = node.scalar?.string else {
        throw ConfigurationError(node, in: source, "'reference' is \(node.briefly), but has to be the name of a method")
      }
      (reference, hasBaselines) = (label, false)
    }
    if let node = root["baselines"] { hasBaselines = try Self.boolean(node, "baselines", source) }
    if let node = root["keepCheckpoints"] { keepsCheckpoints = try Self.boolean(node, "keepCheckpoints", source) }
    if let node = root["methods"] { try readMethods(node, source) }
    do { try check() } catch { throw ConfigurationError("\(source): \(error)") }
  }

  private mutating func readConfiguration(_ node: Node, _ source: String, _ folder: URL) throws {
    if let path = node.scalar?.string {
      configuration = try Configuration(contentsOf: URL(fileURLWithPath: path, relativeTo: folder))
    } else {
      try configuration.read(node, in: source)
    }
    configuration = configuration.withAbsolutePaths
  }

  private mutating func readMethods(_ node: Node, _ source: String) throws {
    if let mapping = node.mapping {
      candidates = try mapping.map { try candidate($0.string ?? "", $1, source) }
    } else if let list = node.sequence {
      candidates = try list.map { item in
        guard let name = item.scalar?.string else {
          throw ConfigurationError(item, in: source, "a method with fields needs a name: methods: {NAME: {…}}")
        }
        return try candidate(name, item, source)
      }
    } else {
      throw ConfigurationError(node, in: source, "'methods' is \(node.briefly), but has to name methods")
    }
  }

  private func candidate(_ label: String, _ node: Node, _ source: String) throws -> Candidate {
    var configuration = configuration
    do {
      if let method = node.scalar?.string {
        try configuration.apply(method: method)
      } else if let fields = node.mapping {
        for (key, value) in fields {
          guard key.string == "set" else {
            try configuration.read(field: key.string ?? "", of: "method", value, in: source)
            continue
          }
          guard let settings = value.mapping else {
            throw ConfigurationError(
              value, in: source, "'set' is \(value.briefly), but has settings such as training.steps: 100")
          }
          for (path, setting) in settings { try configuration.read(path: path, setting, in: source) }
        }
      } else {
        throw ConfigurationError(
          node, in: source, "'\(label)' has to be a method, such as uw+pcgrad, or fields of the section 'method'")
      }
    } catch let error as MethodError {
      throw ConfigurationError(node, in: source, "'\(label)': \(error)")
    }
    return Candidate(label: label, configuration: configuration)
  }

  private static func seeds(_ node: Node, _ source: String) throws -> [UInt64] {
    let seeds = (node.sequence.map(Array.init) ?? []).map { $0.scalar.flatMap { UInt64($0.string) } }
    guard !seeds.isEmpty, !seeds.contains(nil) else {
      throw ConfigurationError(
        node, in: source, "'seeds' is \(node.briefly), but has to be a list of whole numbers from 0, such as [1, 2, 3]")
    }
    return seeds.compactMap { $0 }
  }

  private static func boolean(_ node: Node, _ name: String, _ source: String) throws -> Bool {
    guard let value = node.boolean else {
      throw ConfigurationError(node, in: source, "'\(name)' is \(node.briefly), but has to be true or false")
    }
    return value
  }
}
