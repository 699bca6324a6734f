import Support

/// A comparison: several methods, each with several seeds, beside single-task networks of the same configuration.
public struct Study: Sendable {
  /// A method to compare, with everything else that belongs to it.
  public struct Candidate: Sendable, Equatable {
    /// The name of the candidate in tables and plots.
    public var label: String
    /// The configuration of the candidate's runs; the study's seeds take the place of its seed.
    public var configuration: Configuration
  }

  /// The seeds; each candidate is trained once with each. They default to 1, 2 and 3.
  public var seeds: [UInt64] = [1, 2, 3]
  /// The methods to compare, in the order of the tables.
  public var candidates: [Candidate] = []
  /// The configuration of the single-task networks, from which the candidates' configurations differ.
  public var configuration = Configuration()
  /// Whether there is a single-task network for each task and seed, to measure gains against.
  public var hasBaselines = true
  /// The label of the candidate that gains are measured against; nil, the default, for the single-task networks.
  public var reference: String?
  /// Whether finished runs keep their parameters.
  public var keepsCheckpoints = true

  /// Every run, baselines first.
  public var runs: [StudyRun] {
    let baselines =
      hasBaselines
      ? configuration.data.tasks.flatMap { task in seeds.map { singleTaskRun(task, seed: $0) } } : []
    return baselines + candidates.flatMap { candidate in seeds.map { run(candidate, seed: $0) } }
  }

  func run(_ candidate: Candidate, seed: UInt64) -> StudyRun {
    var configuration = candidate.configuration
    configuration.run.seed = seed
    return StudyRun(
      title: "\(candidate.label.onOneLine), seed \(seed)", name: "\(Self.fileName(candidate.label))-seed\(seed)",
      configuration: configuration)
  }

  func singleTaskRun(_ task: String, seed: UInt64) -> StudyRun {
    var configuration = configuration
    configuration.run.seed = seed
    configuration.data.tasks = [task]
    configuration.method = Configuration.Method()
    return StudyRun(
      title: "\(task) alone, seed \(seed)", name: "single-\(task)-seed\(seed)", configuration: configuration)
  }

  /// File names have 255 bytes, and those of logs and temporary files are longer.
  private static let longestRunName = 200

  /// Letters, digits and dashes.
  static func fileName(_ label: String) -> String {
    String(label.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  /// Finds what contradicts itself, before anything is trained.
  ///
  /// - Throws: ``ConfigurationError`` or `MethodError`.
  func check() throws {
    guard !candidates.isEmpty else { throw ConfigurationError("the study has no methods: there is nothing to compare") }
    guard !seeds.isEmpty else { throw ConfigurationError("the study has no seeds: one at least is needed") }
    if let twice = Self.firstRepeated(seeds) { throw ConfigurationError("the study has the seed \(twice) twice") }
    if let run = runs.first(where: { $0.name.utf8.count > Self.longestRunName }) {
      throw ConfigurationError(
        "a method of the study has a name of \(run.title.count) characters: \(Self.longestRunName - 30) at most become the name of a folder"
      )
    }
    if let twice = Self.firstRepeated(runs.map(\.name)) {
      throw ConfigurationError("two methods of the study would write to '\(twice)': their names are too similar")
    }
    if let reference, !candidates.contains(where: { $0.label == reference }) {
      throw ConfigurationError(
        "'reference': " + unknownName("method of the study", reference, among: candidates.map(\.label)))
    }
    guard try !hasBaselines || WorkloadRegistry.factory(of: configuration).hasSingleTaskRuns else {
      throw ConfigurationError(
        "the tasks of the workload \(configuration.workload.name) cannot be trained one by one: the study needs 'baselines: false', and may have a method as its 'reference'"
      )
    }
    for label in candidates.map(\.label)
    where label.allSatisfy(\.isWhitespace) || (hasBaselines && label == StudyResults.baselineLabel) {
      throw ConfigurationError(
        "a method of the study is named '\(label)': the tables need a name for its row, and not that of the single-task networks"
      )
    }
    for candidate in candidates {
      guard candidate.configuration.run.seed == Configuration().run.seed else {
        throw ConfigurationError(
          "'\(candidate.label)' has run.seed: \(candidate.configuration.run.seed), but the study's seeds take its place: leave it out"
        )
      }
      guard candidate.configuration.data == configuration.data else {
        var other = configuration
        other.data = candidate.configuration.data
        throw ConfigurationError(
          "'\(candidate.label)' has other data than the study\(configuration.difference(from: other)): their results do not compare"
        )
      }
    }
    // Opened once: the data are the same.
    let dataset = NamedDataset(configuration.data)
    let baseline = Candidate(label: "the study's configuration", configuration: configuration)
    for candidate in [baseline] + candidates {
      do { try ResolvedConfiguration(candidate.configuration, on: dataset).check() } catch {
        throw ConfigurationError("\(candidate.label): \(error)")
      }
    }
    guard hasBaselines, let seed = seeds.first else { return }
    for task in configuration.data.tasks {
      let single = singleTaskRun(task, seed: seed).configuration
      do { try ResolvedConfiguration(single, on: NamedDataset(single.data, tasks: dataset.tasks())).check() } catch {
        throw ConfigurationError(
          "\(task) alone: \(error). What only several tasks can have belongs to 'set' of the methods, or 'baselines: false' leaves single-task networks out"
        )
      }
    }
  }

  private static func firstRepeated<Value: Hashable>(_ values: [Value]) -> Value? {
    var seen: Set<Value> = []
    return values.first { !seen.insert($0).inserted }
  }
}
