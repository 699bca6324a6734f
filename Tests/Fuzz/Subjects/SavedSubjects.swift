import Experiments
import Foundation
import MultitaskLearning
import Support

/// Gradients in JSON: what `polymath aggregate` reads.
struct GradientsSubject: Subject {
  static let name = "gradients"

  private static let corpus = [
    #"{"gradients": [[1, 2], [-3, 0.5]]}"#,
    #"{"gradients": [[1, 2, 3], [-3, 0.5, 1], [0.001, -2, 1e4]], "losses": [1, 0.5, 2]}"#,
    #"{"gradients": [[1, 0], [0, 1]], "losses": [1, 2], "draws": [0.1, 0.9], "order": "ascending"}"#,
    #"{"steps": [{"gradients": [[1, -2], [3, 4]], "losses": [1, 2]}, {"gradients": [[0, 1], [1, 1]], "losses": [2, 1]}]}"#,
    #"{"gradients": [[0, 0], [1, 1]], "losses": [0, 1]}"#,
  ].map { Array($0.utf8) }

  private let file: URL
  private let damage = TextDamage.json(corpus)

  init(in folder: URL) throws { file = folder.appendingPathComponent("gradients.json") }

  /// The first line names the method.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let method = MethodRegistry.aggregators.entries.randomElement(using: &generator)!.name
    return Array((method + "\n").utf8) + damage(Self.corpus.randomElement(using: &generator)!, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let (method, text) = input.firstLine
    try text.write(to: file)
    for result in try SavedGradients(contentsOf: file).aggregated(by: method, settings: [:], seed: 1) {
      // As the command prints it.
      _ = try JSONEncoder().encode(result)
    }
  }
}

/// Affinities, similarities and histories in JSON: what `polymath group` reads.
struct AffinitySubject: Subject {
  static let name = "affinities"

  private static let corpus = [
    #"{"affinity": [[0.5, 0.1, -0.2], [0.2, 0.4, 0.1], [-0.1, 0.3, 0.6]]}"#,
    #"{"similarity": [[1, 0.5, -0.2], [0.5, 1, 0.1], [-0.2, 0.1, 1]]}"#,
    """
    {"decay": 0.1, "observesLastGroup": true, "steps": [{"groups": {"a": [0, 2], "b": [1]}, "order": ["b", "a"],
     "losses": [[1, 2, 3], [0.9, 2.1, 2.5], [0.8, 1.9, 2.4]]}]}
    """,
    #"{"decay": 1, "steps": [{"groups": {"a": [0], "b": [1]}, "order": ["a", "b"], "losses": [[1, 2], [0.5, 2.5]]}]}"#,
  ].map { Array($0.utf8) }

  private static let rules: [(name: String, rule: TaskGrouping)] = [
    ("mutual-cliques", .positive(edge: .mutual, closure: .cliques)),
    ("mean-components", .positive(edge: .mean, closure: .components)),
    ("affinity-propagation", .affinityPropagation(.init())),
  ]

  private let file: URL
  private let damage = TextDamage.json(corpus)

  init(in folder: URL) throws { file = folder.appendingPathComponent("affinities.json") }

  /// The first line names the rule and the convention.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let rule = Self.rules.randomElement(using: &generator)!.name
    let convention = AffinityMap.Convention.allCases.randomElement(using: &generator)!
    return Array("\(rule) \(convention.rawValue)\n".utf8)
      + damage(Self.corpus.randomElement(using: &generator)!, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let (line, text) = input.firstLine
    try text.write(to: file)
    let affinity = try SavedAffinity(contentsOf: file)
    guard let rule = Self.rules.first(where: { line.hasPrefix($0.name) })?.rule else { return }
    let convention: AffinityMap.Convention = line.hasSuffix("paper") ? .paper : .publicCode
    let result = try affinity.grouped(by: rule, convention: convention)
    _ = try JSONEncoder().encode(result)
    let members = result.groups.joined().sorted()
    guard members == Array(0..<members.count) else { throw Violation("the groups are \(result.groups)") }
  }
}
