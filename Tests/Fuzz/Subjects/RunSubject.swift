import Experiments
import Foundation
import Support

/// The files of a finished run, of which one is damaged: those of others are opened, too.
struct RunSubject: Subject {
  static let name = "runs"

  private static let files = [
    "metrics.jsonl", "summary.json", "tasks.json", "trivial.json", "config.yaml", "checkpoints/last.json",
  ]

  private let run: RunFolder
  /// By file.
  private let originals: [String: [UInt8]]
  private let json: TextDamage
  private let yaml: TextDamage

  private static func folder(in folder: URL) -> URL { folder.appendingPathComponent("run") }

  /// Trains a tiny run whose log has groups and looks at the gradients.
  static func prepare(in folder: URL) throws {
    let yaml = """
      data: {tasks: [depth, edges], height: 32, width: 32, trainingCount: 4, validationCount: 2, threads: 1}
      network: {encoder: vit_micro}
      method: {weighting: uw, schedule: {name: selective-groups, decay: 0.5}}
      diagnostics: {every: 1}
      training: {steps: 3, batchSize: 2, evaluateEvery: 2}
      """
    let session = try TrainingSession(
      Configuration(yaml: yaml), folder: RunFolder(Self.folder(in: folder)), existing: .overwrite)
    _ = try session.run(shouldStop: { false })
  }

  init(in folder: URL) throws {
    let folder = Self.folder(in: folder)
    run = RunFolder(folder)
    originals = Dictionary(
      uniqueKeysWithValues: try Self.files.map { name in
        let kept = folder.appendingPathComponent(name + ".whole")
        let file = folder.appendingPathComponent(name)
        // Processes before this one have left a damaged file.
        if !FileManager.default.fileExists(atPath: kept.path) {
          try FileManager.default.copyItem(at: file, to: kept)
        }
        let bytes = [UInt8](try Data(contentsOf: kept))
        try bytes.write(to: file)
        return (name, bytes)
      })
    json = .json(Array(originals.values))
    yaml = .yaml(ConfigurationSubject.corpus)
  }

  /// The first line names the file.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let name = Self.files.randomElement(using: &generator)!
    let original = originals[name]!
    let damage = name.hasSuffix("yaml") ? yaml : json
    return Array((name + "\n").utf8) + damage(original, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let (name, content) = input.firstLine
    guard let original = originals[name] else { return }
    let file = run.url.appendingPathComponent(name)
    try content.write(to: file)
    defer { try? original.write(to: file) }
    // Each by itself, so that one that refuses keeps the others from nothing.
    let attempts: [() throws -> Void] = [
      { _ = try Configuration(of: run) }, { _ = try RunSummary.load(run).text },
      { _ = try SavedAffinity(of: run) }, { _ = try Checkpoint.load(.last, in: run) },
      // The network is the configuration's: a damaged one may rightly ask for a large one.
      { if name != "config.yaml" { _ = try TrainedRun(run, checkpoint: .last) } },
      { try RunReport(run).write() },
    ]
    var refusal: (any Error)?
    for attempt in attempts {
      do { try attempt() } catch { refusal = refusal ?? error }
    }
    if let refusal { throw refusal }
  }
}
