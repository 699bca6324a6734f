import Foundation
import MultitaskLearning
import VisionNetworks

extension Configuration {
  /// The same with the files that the way of sharing names below a folder, as a run's configuration means them.
  ///
  /// - Parameter folder: the folder that relative paths start from.
  func withFiles(below folder: URL) -> Configuration {
    var copy = self
    let parameters = SharingRegistry.shared.entry(network.sharing.name)?.parameters ?? []
    for parameter in parameters where parameter.kind.isFile {
      guard let path = network.sharing.settings[parameter.name]?.description else { continue }
      let url = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder.path, isDirectory: true))
      copy.network.sharing.settings[parameter.name] = .text(url.standardizedFileURL.path)
    }
    return copy
  }
}
