import Foundation

/// Writes small data set folders as users make them.
public struct SampleFolder {
  public var height = 32
  public var width = 32
  /// By name, a task's kind as the index has it: `{"saliency": {}}`.
  public var kinds: KeyValuePairs<String, String>
  public var count = 8

  public init(_ kinds: KeyValuePairs<String, String>) { self.kinds = kinds }

  /// Writes images of noise, and whatever files a task has.
  ///
  /// - Parameter target: the file of a task for a sample; nil leaves it out of the index.
  public func write(to url: URL, target: (_ task: String, _ sample: Int) -> RawPNG?) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    var entries: [String] = []
    for sample in 0..<count {
      try image(sample).write(to: url.appendingPathComponent("image\(sample).png"))
      var targets: [String] = []
      for (task, _) in kinds {
        guard let file = target(task, sample) else { continue }
        try file.write(to: url.appendingPathComponent("\(task)\(sample).png"))
        targets.append("\"\(task)\": \"\(task)\(sample).png\"")
      }
      entries.append(
        "{\"id\": \"\(sample)\", \"image\": \"image\(sample).png\", \"targets\": {\(targets.joined(separator: ", "))}}")
    }
    let tasks = kinds.map { "{\"name\": \"\($0)\", \"kind\": \($1)}" }
    let index = """
      {"format": "polymath-dataset-1", "height": \(height), "width": \(width), "tasks": [\(tasks.joined(separator: ", "))],
       "samples": [\(entries.joined(separator: ", "))]}
      """
    try Data(index.utf8).write(to: url.appendingPathComponent("dataset.json"))
  }

  private func image(_ sample: Int) -> RawPNG {
    let noise = FillFormula.unit("image \(sample)", count: 3 * height * width)
    return RawPNG(height: height, width: width, color: .rgb, samples: noise.map { Int(($0 + 1) * 127.5) })
  }

  /// A file of one channel whose values follow from row and column.
  public func map(bits: Int = 8, _ value: (_ row: Int, _ column: Int) -> Int) -> RawPNG {
    RawPNG(
      height: height, width: width, bits: bits,
      samples: (0..<(height * width)).map { value($0 / width, $0 % width) })
  }
}
