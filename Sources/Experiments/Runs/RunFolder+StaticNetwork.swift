import Foundation
import Support

// The folder that a static network is pruned to.
extension RunFolder {
  /// The number of steps that the static network in the folder was trained since it was pruned; nil if the folder holds
  /// none.
  ///
  /// - Throws: `FileError` for a checkpoint that cannot be read.
  private var stepsSincePruning: Int? {
    get throws {
      guard FileManager.default.fileExists(atPath: layout.path) else { return nil }
      return try Checkpoint.load(.last, in: self).step
    }
  }

  /// Whether pruning may write to the folder: it is free, or holds a static network that was not trained since.
  var takesStaticNetwork: Bool { (try? requirePlaceForPruning(replacing: true)) != nil }

  /// Where a training that has ended left the static network of a gated one; nil if there is none.
  public var staticNetworkNote: String? {
    guard pruned.exists else { return nil }
    guard !pruned.takesStaticNetwork else { return "static network, of the checkpoint 'best': \(pruned.url.path)" }
    return
      "\(pruned.url.path) was trained since it was pruned, and is kept: `polymath prune \(url.path) --out FOLDER` prunes the checkpoint 'best' as it is now"
  }

  /// Checks that a static network can take the place of what is in the folder. A training is never replaced: a gated
  /// network gives its static one again, but nothing gives the training again.
  func requirePlaceForPruning(replacing isReplacing: Bool) throws {
    if isFree { return }
    try requireReplaceable()
    guard let steps = try stepsSincePruning else {
      throw FileError(url, "holds a run that is no pruned one: it is not replaced. --out names another folder")
    }
    guard steps == 0 else {
      throw FileError(
        url,
        "holds a static network that was trained since it was pruned, up to step \(steps): it is not replaced. --out names another folder"
      )
    }
    guard isReplacing else {
      throw FileError(
        url,
        "holds a pruned run already, as a training leaves it at its end: --overwrite prunes again, --out names another folder"
      )
    }
  }
}
