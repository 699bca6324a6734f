import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// A run of the static network that remains of a gated one when its gates are fixed.
///
/// It is an ordinary run that has made no step: it evaluates and predicts as the gated run does, and when it is resumed,
/// the static network is trained further by the configuration in its folder.
public struct PrunedRun {
  /// The folder of the run.
  public let folder: RunFolder
  /// The number of parameters of the gated network.
  public let gatedParameterCount: Int
  /// The number of parameters of the static network.
  public let parameterCount: Int

  /// Prunes the network of a run, which stays as it is. The new run takes its place in one move when all of it is
  /// written.
  ///
  /// - Parameters:
  ///   - run: the trained run of a network with gates.
  ///   - folder: the folder of the new run.
  ///   - wanted: the names of the tasks whose predictions are wanted; nil for all. For some of the tasks, the method of
  ///     the new run is the sum of their losses.
  ///   - isReplacing: whether a static network in the folder is replaced; otherwise it is an error.
  /// - Throws: `FileError` if the folder is not free, or holds anything but a static network that was not trained since,
  ///   or another process works there; ``ConfigurationError`` if the network has no gates, or for a task that is not there.
  public init(_ run: TrainedRun, to folder: RunFolder, for wanted: [String]? = nil, replacing isReplacing: Bool = false)
    throws
  {
    guard let gated = run.workload.multitaskNetwork else {
      throw ConfigurationError("the workload \(run.configuration.workload.name) has no gates that could be pruned")
    }
    let positions = try wanted.map { try Self.positions(of: $0, in: gated.tasks) }
    let layout: StaticLayout
    do { layout = try gated.staticLayout(for: positions) } catch let error as NetworkError {
      throw ConfigurationError("\(run.folder.url.path): \(error)")
    }
    try StaticNetworkPlace(folder).require(folder, replacing: isReplacing)
    let lock = folder.exists ? try FolderLock(folder.url, work: "training") : nil
    defer { withExtendedLifetime(lock) {} }
    // Again: another process may have trained there meanwhile.
    try StaticNetworkPlace(folder).require(folder, replacing: isReplacing)
    let partial = RunFolder(
      folder.url.deletingLastPathComponent().appendingPathComponent(".\(folder.url.lastPathComponent).partial"))
    try? FileManager.default.removeItem(at: partial.url)
    try partial.create()
    defer { try? FileManager.default.removeItem(at: partial.url) }
    let configuration = Self.configuration(run.configuration, layout)
    try layout.write(to: partial.layout)
    let tasks = try KeptTasks.read(from: run.folder, ResolvedConfiguration(run.configuration.withoutWeights))
    try KeptTasks.write(tasks.filter { layout.wanted.contains($0.name) }, to: partial)
    let resolved = try ResolvedConfiguration(configuration.withFiles(below: partial.url).withoutWeights)
    let workload = try resolved.factory.restore(resolved, from: partial)
    guard let pruned = workload.multitaskNetwork else { fatalError("a pruned network is one of another workload") }
    pruned.takeEntries(of: gated, layout)
    try Self.save(workload, resolved, score: wanted == nil ? run.checkpoint.score : nil, in: partial)
    if wanted == nil { try? FileManager.default.copyItem(at: run.folder.baseline, to: partial.baseline) }
    try TaskNames(workload).write(to: partial)
    try AtomicFile.write(Data(configuration.yaml.utf8), to: partial.configuration)
    if lock == nil { try partial.move(to: folder) } else { try partial.replace(folder) }
    self.folder = folder
    gatedParameterCount = gated.store.parameterCount
    parameterCount = pruned.store.parameterCount
  }

  /// Where a training that has ended left the static network of a gated one, or why it did not; nil for a network
  /// without gates.
  public static func note(on run: RunFolder) -> String? {
    let folder = run.pruned
    switch StaticNetworkPlace(folder) {
    case .free: return nil
    case .untrained:
      let step = (try? Checkpoint.load(.best, in: run))?.step
      return "static network, of the checkpoint 'best'\(step.map { " (step \($0))" } ?? ""): \(folder.url.path)"
    case .trained(let step):
      return
        "\(folder.url.path) \(StaticNetworkPlace.trained(upTo: step)), and is kept: `polymath prune \(run.url.path) --out FOLDER` prunes the checkpoint 'best' as it is now"
    case .taken(let error): return "the static network was not written: \(error)"
    }
  }

  /// What remains, in a line.
  public var text: String {
    let percent = Double(parameterCount) / Double(max(1, gatedParameterCount)) * 100
    return "the static network has \(parameterCount) of \(gatedParameterCount) parameters "
      + "(\(String(format: "%.1f", percent)) %): \(folder.url.path)"
  }

  private static func positions(of wanted: [String], in tasks: [String]) throws -> [Int] {
    guard !wanted.isEmpty else { throw ConfigurationError("at least one task has to be wanted") }
    let positions = try wanted.map { task -> Int in
      guard let position = tasks.firstIndex(of: task) else {
        throw ConfigurationError(unknownName("task", task, among: tasks))
      }
      return position
    }
    return Set(positions).sorted()
  }

  private static func save(
    _ workload: any Workload, _ resolved: ResolvedConfiguration, score: Double?, in folder: RunFolder
  ) throws {
    let generator = RandomGenerator(seed: resolved.configuration.run.seed, device: resolved.device)
    for name in [Checkpoint.Name.best, .last] {
      try Checkpoint.save(
        name, in: folder, step: 0, score: score, bestScore: score, network: workload.network, method: resolved.method,
        generator: generator)
    }
  }

  /// The configuration of the static network: without gates, and what is set for them.
  private static func configuration(_ gated: Configuration, _ layout: StaticLayout) -> Configuration {
    var configuration = gated
    configuration.network.weights = nil
    configuration.network.start = []
    configuration.network.sharing = MethodChoice("static", settings: ["layout": .text(RunFolder.layoutName)])
    configuration.optimizer.groups.removeAll { $0.parameters == .group(GatedKit.optimizerGroup) }
    configuration.data.tasks = layout.wanted
    if layout.wanted.count < layout.tasks.count { configuration.method = Configuration.Method() }
    return configuration
  }
}

extension RunFolder {
  /// Moves to a place where there is nothing.
  ///
  /// - Throws: `FileError` if there is something, or the disk refuses.
  fileprivate func move(to other: RunFolder) throws {
    do { try FileManager.default.moveItem(at: url, to: other.url) } catch {
      throw FileError(other.url, "cannot be written: \(error.localizedDescription)")
    }
  }

  /// Takes the place of another folder, whose content goes.
  fileprivate func replace(_ other: RunFolder) throws {
    let old = RunFolder(
      url.deletingLastPathComponent().appendingPathComponent(".\(other.url.lastPathComponent).replaced"))
    try? FileManager.default.removeItem(at: old.url)
    try other.move(to: old)
    do { try move(to: other) } catch {
      try? FileManager.default.moveItem(at: old.url, to: other.url)
      throw error
    }
    try? FileManager.default.removeItem(at: old.url)
  }
}
