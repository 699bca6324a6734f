import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// Everything that a run needs to go on exactly where it was.
///
/// The tensors lie in a safetensors file, the rest in a small JSON file that names it. The JSON file takes its
/// place last and in one move, so that a checkpoint exists wholly or not at all, whenever the process dies.
public struct Checkpoint: Codable, Sendable {
  /// The checkpoints that a run keeps.
  public enum Name: String, Sendable {
    /// The checkpoint of the latest saved step, from which a run resumes.
    case last
    /// The checkpoint of the evaluation with the highest score.
    case best

    /// The checkpoint whose tensors a file holds.
    init(ofTensors file: String) { self = file.hasPrefix(Name.best.rawValue) ? .best : .last }
  }

  /// What the method's and the optimizer's states look like; nil in checkpoints from before there was a number.
  private var format: Int? = Self.currentFormat
  /// The number of steps done.
  public var step: Int
  /// The score of the evaluation at this step; nil if there was none.
  public var score: Double?
  /// The best score of the run so far; nil before the first evaluation.
  public var bestScore: Double?
  /// The conflicts of layers up to this step; nil if they are not counted.
  var layerConflicts: LayerConflicts?
  package var tensors: String
  var method: Data

  private static let currentFormat = 3
  private static let networkPrefix = "network."
  private static let optimizerPrefix = "optimizer."
  private static let methodPrefix = "method."
  private static let generatorName = "generator"

  /// Saves a run's state under a name, in place of what had that name.
  ///
  /// - Throws: `FileError` when the disk refuses; the earlier checkpoint is still there then.
  static func save(
    _ name: Name, in folder: RunFolder, step: Int, score: Double?, bestScore: Double?, network: any AdaptableNetwork,
    method: MultitaskMethod, generator: RandomGenerator, layerConflicts: LayerConflicts? = nil
  ) throws {
    var entries = network.store.state.map { (networkPrefix + $0.name, $0.tensor) }
    for vector in network.store.vectors {
      entries += vector.companionState.map { ("\(optimizerPrefix)\(vector.reach)/\($0.name)", $0.tensor) }
    }
    entries += method.tensors.map { (methodPrefix + $0.name, $0.tensor) }
    entries.append((generatorName, generator.state))
    let file = "\(name.rawValue)-\(step).safetensors"
    try Safetensors.write(
      entries, metadata: ["step": "\(step)"], to: folder.checkpoints.appendingPathComponent(file))
    let checkpoint = Checkpoint(
      step: step, score: score, bestScore: bestScore, layerConflicts: layerConflicts, tensors: file,
      method: try method.encodedState())
    try AtomicFile.write(JSONEncoder().encode(checkpoint), to: url(name, in: folder))
    removeOrphans(in: folder)
  }

  /// Reads a checkpoint of a run; its tensors are read later.
  ///
  /// - Throws: `FileError` if there is no such checkpoint, or it is damaged.
  public static func load(_ name: Name, in folder: RunFolder) throws -> Checkpoint {
    let url = url(name, in: folder)
    guard let data = try? Data(contentsOf: url) else {
      // A run has a best one from its first evaluation on.
      let hasAny = [Name.best, .last].contains { exists($0, in: folder) }
      let reason = hasAny ? "" : ": the run has none yet, or a study with keepCheckpoints: false removed it"
      throw FileError(url, "there is no such checkpoint\(reason)")
    }
    guard let checkpoint = try? JSONDecoder().decode(Checkpoint.self, from: data), checkpoint.step >= 0,
      isTensorFile(checkpoint.tensors)
    else { throw FileError(url, "is no checkpoint") }
    return checkpoint
  }

  /// Removes tensor files that no checkpoint names: those of earlier steps, and what a killed process may have left.
  static func removeOrphans(in folder: RunFolder) {
    AtomicFile.removeLeftovers(in: folder.checkpoints)
    let checkpoints = [Name.last, .best].filter { exists($0, in: folder) }.map { try? load($0, in: folder) }
    // A checkpoint that cannot be read may name any of them.
    guard !checkpoints.contains(where: { $0 == nil }) else { return }
    let named = checkpoints.compactMap { $0?.tensors }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.checkpoints.path)) ?? []
    for file in files where !named.contains(file) && isTensorFile(file) {
      try? FileManager.default.removeItem(at: folder.checkpoints.appendingPathComponent(file))
    }
  }

  /// Whether a file is called as ``save(_:in:step:score:bestScore:network:method:generator:layerConflicts:)`` calls tensors. No such
  /// name leads out of the folder.
  private static func isTensorFile(_ name: String) -> Bool {
    name.wholeMatch(of: /(last|best)-[0-9]+\.safetensors/) != nil
  }

  package static func exists(_ name: Name, in folder: RunFolder) -> Bool {
    FileManager.default.fileExists(atPath: url(name, in: folder).path)
  }

  /// Gives the method its state back.
  ///
  /// - Throws: `FileError` for a state of another method or of an earlier version, or a damaged one.
  func restore(_ method: inout MultitaskMethod, taskCount: Int, in folder: RunFolder) throws {
    let url = Self.url(Name(ofTensors: tensors), in: folder)
    guard format == Self.currentFormat else {
      throw FileError(
        url,
        "is of format \(format ?? 1), but this version goes on from format \(Self.currentFormat): the run can be evaluated and can predict, but a training has to begin again (--overwrite)"
      )
    }
    do { try method.restoreState(self.method, taskCount: taskCount) } catch {
      throw FileError(url, "holds a state that does not fit the configuration's method: \(error)")
    }
    let file = try file(in: folder)
    let names = file.names.filter { $0.hasPrefix(Self.methodPrefix) }
    // Copied: the method keeps no memory of the file.
    let tensors = try names.map { (String($0.dropFirst(Self.methodPrefix.count)), try file.tensor($0).copied()) }
    do { try method.restore(tensors: Dictionary(uniqueKeysWithValues: tensors)) } catch {
      throw FileError(file.url, "holds tensors that do not fit the configuration's method: \(error)")
    }
  }

  /// Gives the network the shape that it had grown to, its parameters and buffers.
  ///
  /// - Parameter method: the configuration's, whose adaptation grew the network.
  func restore(_ network: any AdaptableNetwork, grownBy method: MultitaskMethod, in folder: RunFolder) throws {
    let file = try file(in: folder)
    var method = method
    do { try method.restoreAdaptation(self.method, taskCount: network.tasks.count) } catch {
      throw FileError(
        Self.url(Name(ofTensors: tensors), in: folder),
        "holds a state that does not fit the configuration's method: \(error)")
    }
    do { try method.adaptation.rebuild(network) } catch {
      throw FileError(file.url, "does not fit the configuration's network: \(error)")
    }
    let store = network.store
    try requireSameEntries(store, file)
    for (name, tensor) in store.state {
      let saved = try file.weights(Self.networkPrefix + name)
      guard saved.shape == tensor.shape else {
        throw FileError(file.url, "'\(name)' is \(saved.shape), but the configuration's network has \(tensor.shape)")
      }
      guard saved.dtype.isFloatingPoint == tensor.dtype.isFloatingPoint else {
        throw FileError(file.url, "'\(name)' is \(saved.dtype), but the configuration's network has \(tensor.dtype)")
      }
      withoutGradients { tensor.copy(from: saved) }
    }
  }

  private func requireSameEntries(_ store: ParameterStore, _ file: SafetensorsFile) throws {
    let saved = file.names.filter { $0.hasPrefix(Self.networkPrefix) }.map {
      String($0.dropFirst(Self.networkPrefix.count))
    }
    let expected = store.state.map(\.name)
    let (savedSet, expectedSet) = (Set(saved), Set(expected))
    if let unknown = saved.first(where: { !expectedSet.contains($0) }) {
      throw FileError(
        file.url,
        TransformerStack.isGrown(unknown)
          ? "holds a transformer that grew ('\(unknown)'), but the configuration's stays plain: method.adaptation has to be dtme, as it was in training"
          : "holds '\(unknown)', which the configuration's network does not have")
    }
    if let missing = expected.first(where: { !savedSet.contains($0) }) {
      throw FileError(file.url, "lacks '\(missing)' of the configuration's network")
    }
  }

  /// Gives optimizer and random generator their states back.
  func restoreTraining(
    _ store: ParameterStore, generator: RandomGenerator, in folder: RunFolder
  ) throws {
    let file = try file(in: folder)
    let vectors = Dictionary(uniqueKeysWithValues: store.vectors.map { ("\($0.reach)", $0) })
    for name in file.names where name.hasPrefix(Self.optimizerPrefix) {
      let parts = name.dropFirst(Self.optimizerPrefix.count).split(separator: "/", maxSplits: 1).map(String.init)
      guard parts.count == 2, let vector = vectors[parts[0]],
        vector.restoreCompanion(parts[1], try file.tensor(name))
      else { throw FileError(file.url, "'\(name)' does not fit the configuration's network") }
    }
    // Copied: the generator keeps no memory of the file.
    let state = try file.tensor(Self.generatorName)
    guard state.shape == generator.state.shape, state.dtype == generator.state.dtype else {
      throw FileError(file.url, "'\(Self.generatorName)' is \(state.signature), not \(generator.state.signature)")
    }
    do { try generator.restore(state.copied()) } catch {
      throw FileError(file.url, "'\(Self.generatorName)' is damaged: \(error)")
    }
  }

  /// Returns the entries of the network, named as in its store.
  ///
  /// - Throws: `FileError` for a file that is missing or damaged.
  func network(in folder: RunFolder) throws -> SafetensorsFile { try file(in: folder).part(Self.networkPrefix) }

  private func file(in folder: RunFolder) throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: folder.checkpoints.appendingPathComponent(tensors))
  }

  private static func url(_ name: Name, in folder: RunFolder) -> URL {
    folder.checkpoints.appendingPathComponent("\(name.rawValue).json")
  }
}
