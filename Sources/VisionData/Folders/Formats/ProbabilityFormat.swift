import Foundation
import ScientificFiles
import Support

/// The format of probabilities of classes: an npy file of one dimension for each sample.
struct ProbabilityFormat: FileFormat {
  let channels: Int

  var content: MapContent? { nil }

  var complaint: String? {
    (2...Self.mostClasses).contains(channels)
      ? nil : "has probabilities of \(channels) classes, but 2 to \(Self.mostClasses) are possible"
  }

  /// Far beyond the classes of any data set; a linear layer of that many outputs can still be held.
  private static let mostClasses = 100_000

  func target(of task: VisionTask, in entry: DatasetIndex.Entry, _ reader: TargetReader) throws -> Target {
    .probabilities(
      try entry.targets[task.name].map { try ProbabilityFile.numbers(at: reader.url($0), count: channels) })
  }

  func write(_ target: Target, of task: VisionTask, to folder: URL, _ entry: inout DatasetIndex.Entry) throws {
    guard case .probabilities(let numbers) = target else {
      fatalError("the ground truth of '\(task.name)' is no probabilities")
    }
    guard let numbers else { return }
    let path = "\(task.name)/\(entry.id).npy"
    try ProbabilityFile.write(numbers, to: folder.appendingPathComponent(path))
    entry.targets[task.name] = path
  }
}

/// An npy file that holds how probable each class is.
enum ProbabilityFile {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - count: the number of classes.
  /// - Throws: `FileError` for a file that is missing, damaged, or holds no probabilities of that many classes.
  static func numbers(at url: URL, count: Int) throws -> [Float] {
    let file = try NPYFile(contentsOf: url)
    guard file.shape == [count] else {
      throw FileError(url, "has the shape \(file.shape), but the probabilities of \(count) classes are expected")
    }
    let numbers = try file.array().floats()
    if let wrong = numbers.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw FileError(url, "holds \(numbers[wrong]) for class \(wrong), but probabilities lie between 0 and 1")
    }
    let sum = numbers.reduce(0) { $0 + Double($1) }
    guard abs(sum - 1) < 0.01 else {
      throw FileError(url, "holds probabilities whose sum is \(Float(sum)), but it has to be 1")
    }
    return numbers
  }

  static func write(_ numbers: [Float], to url: URL) throws {
    let bytes = numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init) }
    try AtomicFile.write(NPYFile.header(of: .float32, shape: [numbers.count]) + Data(bytes), to: url)
  }
}
