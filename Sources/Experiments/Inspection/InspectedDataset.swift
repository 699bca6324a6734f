import Foundation
import Support
import VisionData

/// A data set on disk that is opened several times, for one task after the other.
struct InspectedDataset {
  private let configuration: Configuration
  private let reader: DatasetReader
  private let folder: URL
  private let layout: DatasetLayout

  private static let allSamples = 100_000_000

  init(_ configuration: Configuration) throws {
    guard let path = configuration.data.folder else { throw ConfigurationError("data.folder has to name a folder") }
    self.configuration = configuration
    folder = URL(fileURLWithPath: path)
    guard FileManager.default.fileExists(atPath: path) else { throw FileError.unreadable(folder) }
    reader = try NamedDataset(configuration.data).reader
    layout = try reader.layout(of: folder)
  }

  /// What is known before samples are read.
  var introduction: [String] {
    [
      "\(folder.path): \(reader.name), \(reader.summary)", "layout: \(layout.name) (\(layout.summary))",
      "license: \(reader.license)", "publication: \(reader.citation)",
    ]
  }

  func tasks() throws -> [VisionTask] { try reader.tasks(request([], trainingCount: Self.allSamples)) }

  /// Opens the data set with all samples; if files are missing, with the samples that a run would take.
  ///
  /// - Throws: what is wrong with the data, if that fails, too.
  func open(_ tasks: [String], _ problems: inout [String]) throws -> Dataset {
    do { return try reader.open(request(tasks, trainingCount: Self.allSamples)) } catch let error as FileError {
      let limited = try? reader.open(request(tasks, trainingCount: configuration.data.trainingCount))
      guard let limited else { throw error }
      let text = "\(error)"
      if !problems.contains(text) { problems.append(text) }
      return limited
    }
  }

  /// Returns those of some tasks whose files are there.
  func openable(_ tasks: [String]) -> [String] {
    tasks.filter { task in
      var problems: [String] = []
      return (try? open([task], &problems)) != nil
    }
  }

  /// Opens the data set with all samples; those of one without splits are all for training.
  func openForConversion(_ tasks: [String]) throws -> Dataset {
    let data = configuration.data
    let validationCount = reader.splits.isEmpty ? 0 : Self.allSamples
    return try reader.open(
      NamedDataset(data).request(tasks: tasks, trainingCount: Self.allSamples, validationCount: validationCount))
  }

  private func request(_ tasks: [String], trainingCount: Int) -> DatasetRequest {
    let data = configuration.data
    // Of a data set without splits, validation takes what it asks for.
    let validationCount = reader.splits.isEmpty ? 1 : trainingCount
    return NamedDataset(data).request(
      tasks: tasks, trainingCount: trainingCount, validationCount: validationCount)
  }
}
