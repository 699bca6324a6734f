import Foundation

extension RunFolder {
  /// The first folder `run-001`, `run-002`, … below `parent` that does not exist.
  public static func next(in parent: URL) -> RunFolder {
    var number = 1
    while true {
      let name = "run-" + String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
      let folder = RunFolder(parent.appendingPathComponent(name))
      if !folder.exists { return folder }
      number += 1
    }
  }
}
