import Foundation
import Support
import VisionData

/// A look at a data set on disk: which form it has, what its files hold, and what a training would see.
public struct DatasetInspection {
  /// What was found, line by line.
  public let text: String
  /// What is wrong: the first file of each task that is missing or cannot be read, files that are not like the others, and,
  /// if all samples are read, tasks of which they say nothing.
  public let problems: [String]
  /// A few samples for training with their ground truth, a row for each; nil if none could be read.
  public let sheet: Picture?

  /// The most rows of the sheet.
  private static let rowCount = 6

  /// Looks at a data set.
  ///
  /// - Parameters:
  ///   - configuration: of which the data count: folder, data set, and the changes of samples on their way into training.
  ///   - count: how many samples of each split are read, evenly over the split; 0 is all of them.
  /// - Throws: `FileError` (Support) for a folder that is no data set, and ``ConfigurationError`` for fields of the data
  ///   that contradict each other.
  public init(_ configuration: Configuration, count: Int) throws {
    let source = try InspectedDataset(configuration)
    var (lines, problems) = (source.introduction, [String]())
    let tasks = try source.tasks()
    let names = tasks.map(\.name)
    // What is wrong with the files of a task is told where that task is looked at.
    let opened = try (try? source.open(names, &problems)) ?? source.open(source.openable(names), &problems)
    lines.append("training: \(opened.training.count) samples; validation: \(opened.validation.count) samples")
    if let note = opened.note { lines.append("note: \(note)") }

    let images = Self.look(at: nil, source, count, &problems)
    lines += ["", "images"] + images.files.lines.map { "  \($0)" }
    for task in tasks {
      var look = Self.look(at: task, source, count, &problems)
      look.files.remove(images.files)
      if let odd = look.files.oddOne { problems.append("\(task.name): \(odd)") }
      if look.summary.isUnknown, count == 0 { problems.append("\(task.name): nothing is known of it in any sample") }
      lines += ["", "\(task.name) (\(task.kind.title))"]
      lines += (look.files.lines.map { "file: \($0)" } + look.summary.lines).map { "  \($0)" }
    }
    if let odd = images.files.oddOne { problems.append("images: \(odd)") }
    lines +=
      problems.isEmpty
      ? ["", "no problems in the samples that were read"] : ["", "problems"] + problems.map { "  \($0)" }
    (text, self.problems) = (lines.joined(separator: "\n"), problems)
    let drawn = opened.training.count > 0 ? opened.training : opened.validation
    sheet = try? Self.sheet(of: drawn, tasks.filter(drawn.tasks.contains), configuration)
  }

  /// Reads samples with the ground truth of one task, or with none.
  private static func look(
    at task: VisionTask?, _ source: InspectedDataset, _ count: Int, _ problems: inout [String]
  ) -> (files: FileCollection, summary: TargetSummary) {
    var (files, summary) = (FileCollection(), TargetSummary(task ?? VisionTask("image", .depth)))
    var (flaws, readCount) = ([String](), 0)
    do {
      let dataset = try source.open(task.map { [$0.name] } ?? [], &problems)
      for split in [dataset.training, dataset.validation] {
        for position in positions(count, of: split.count) {
          readCount += 1
          do {
            let sample = try files.watch { try split.sample(at: position) }
            if let task, let target = sample.targets[task.name] { summary.add(target) }
          } catch { flaws.append("\(error)") }
        }
      }
    } catch { flaws.append("\(error)") }
    // Every task reads the images, whose faults are told once.
    let own = flaws.filter { flaw in !problems.contains { $0.hasSuffix(flaw) } }
    let name = task?.name ?? "images"
    problems += own.prefix(flawCount).map { "\(name): \($0)" }
    if own.count > flawCount {
      problems.append("\(name): \(own.count - flawCount) more of \(readCount) samples cannot be read")
    }
    return (files, summary)
  }

  /// The most faults of a task that are told.
  private static let flawCount = 10

  private static func positions(_ count: Int, of available: Int) -> [Int] {
    let taken = count == 0 ? available : min(count, available)
    return (0..<taken).map { $0 * available / taken }
  }

  /// Draws samples as they are after the changes of a training, but for the normalization.
  private static func sheet(
    of samples: any SampleSource, _ tasks: [VisionTask], _ configuration: Configuration
  ) throws -> Picture? {
    let transforms = try configuration.data.augmentations(tasks)
    var sheet = ContactSheet()
    for (row, position) in positions(rowCount, of: samples.count).enumerated() {
      guard var sample = try? samples.sample(at: position) else { continue }
      var generator = SeededGenerator(keys: configuration.data.seed, UInt64(row))
      for transform in transforms { sample = transform(sample, using: &generator) }
      sheet.add([sample.image.picture] + tasks.map { TruthDrawing.picture(of: $0, sample) })
    }
    return sheet.picture
  }
}
