import Foundation
import Support

/// What a folder holds to which a gated network is to be pruned.
///
/// A training is never replaced: a gated network gives its static one again, but nothing gives the training again.
enum StaticNetworkPlace {
  /// Nothing that would be lost.
  case free
  /// A static network that was not trained since it was pruned.
  case untrained
  /// A static network that was trained since, up to a step.
  case trained(step: Int)
  /// Something else; the error says what.
  case taken(FileError)

  init(_ folder: RunFolder) {
    do {
      try folder.requireFree()
      self = .free
    } catch { self = Self.taken(folder, error) }
  }

  private static let advice = "it is not replaced. --out names another folder"

  /// What a static network is that was trained up to a step, as the rest of a sentence about it.
  static func trained(upTo step: Int) -> String { "was trained since it was pruned, up to step \(step)" }

  private static func taken(_ folder: RunFolder, _ error: FileError) -> StaticNetworkPlace {
    guard folder.isRun else { return .taken(error) }
    guard FileManager.default.fileExists(atPath: folder.layout.path) else {
      return .taken(FileError(folder.url, "holds a run that was not made by pruning: \(advice)"))
    }
    // A study that keeps no checkpoints leaves neither these nor steps.
    let hasSteps = FileManager.default.fileExists(atPath: folder.metrics.path)
    if !hasSteps, !Checkpoint.exists(.last, in: folder) { return .untrained }
    do {
      let step = try Checkpoint.load(.last, in: folder).step
      return step == 0 ? .untrained : .trained(step: step)
    } catch {
      return .taken(FileError(folder.url, "holds a static network that cannot be read (\(error)): \(advice)"))
    }
  }

  /// Whether a static network can take the place of what is there.
  var takesNetwork: Bool {
    switch self {
    case .free, .untrained: true
    case .trained, .taken: false
    }
  }

  /// Checks that a static network can be written to the folder.
  ///
  /// - Parameter isReplacing: whether it may take the place of one that was not trained.
  /// - Throws: `FileError` that says what is there.
  func require(_ folder: RunFolder, replacing isReplacing: Bool) throws {
    switch self {
    case .free: return
    case .untrained where isReplacing: return
    case .untrained:
      throw FileError(
        folder.url,
        "holds a static network already: --overwrite replaces it, as it was not trained, and --out names another folder"
      )
    case .trained(let step):
      throw FileError(
        folder.url,
        "holds a static network that \(Self.trained(upTo: step)): \(Self.advice)")
    case .taken(let error): throw error
    }
  }
}
