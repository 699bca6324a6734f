import Foundation
import VisionData
import VisionNetworks

/// A data set that ``DatasetConversion`` wrote.
public struct ConvertedDataset {
  /// The folders that were written, for training first, and the number of samples in each; a part without samples is left
  /// out.
  public let parts: [(folder: URL, count: Int)]
  /// The tasks whose ground truth was written.
  public let tasks: [VisionTask]
  /// What the channels of the images are.
  public let channels: ImageChannels

  /// The changes of a configuration with which a run trains on the data set. Where one network cannot learn all tasks, they
  /// choose those about pixels; without such, those about whole images; else objects.
  public var settings: [String] {
    let fields = zip(["data.folder", "data.validationFolder"], parts).map { "\($0)=\(quoted($1.folder.path))" }
    let depth = channels.depthChannel == nil ? [] : ["data.channels=\(channels.rawValue)"]
    return fields + depth + Self.settings(of: tasks)
  }

  private static func settings(of tasks: [VisionTask]) -> [String] {
    func chosen(_ tasks: [VisionTask]) -> String { "data.tasks=[\(tasks.map(\.name).joined(separator: ", "))]" }
    let dense = tasks.filter(\.isDense)
    guard dense.isEmpty else { return [chosen(dense)] }
    let objects = tasks.filter { !$0.objectClasses.isEmpty }
    let ofImages = tasks.filter { $0.objectClasses.isEmpty }
    guard ofImages.isEmpty else {
      let decoder = DecoderRegistry.shared.entries.first { $0.traits.has(.imageLevel) }
      return [chosen(ofImages), "workload=\(AttributeWorkload.entry.name)"]
        + (decoder.map { ["network.decoder=\($0.name)"] } ?? [])
    }
    return [chosen(objects), "workload=\(DetectionWorkload.entry.name)"]
  }
}
