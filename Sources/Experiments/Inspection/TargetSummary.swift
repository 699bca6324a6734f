import Foundation
import VisionData

/// What samples say about a task: ranges, classes, and how much is unknown.
struct TargetSummary {
  private let task: VisionTask
  private var sampleCount = 0
  private var (valueCount, unknownCount) = (0, 0)
  private var range: ClosedRange<Float>?
  private var histogram: [Int: Int] = [:]
  private var objects: [ObjectAnnotation] = []

  init(_ task: VisionTask) { self.task = task }

  mutating func add(_ target: Target) {
    sampleCount += 1
    switch target {
    case .map(let map): add(map)
    case .attributes(let labels): add(labels)
    case .probabilities(let numbers): add(numbers)
    case .objects(let all): objects += all
    }
  }

  private mutating func add(_ map: DenseMap) {
    let isCounted = [.classes, .regions, .lines].contains(map.content)
    let count = map.height * map.width
    for channel in 0..<map.channels {
      for pixel in 0..<count {
        valueCount += 1
        guard map.isKnown(channel: channel, pixel: pixel) else {
          unknownCount += 1
          continue
        }
        let value = map.values.values[channel * count + pixel]
        include(value)
        if isCounted { histogram[Int(value), default: 0] += 1 }
      }
    }
  }

  private mutating func add(_ labels: [Bool?]) {
    for (index, label) in labels.enumerated() {
      valueCount += 1
      switch label {
      case nil: unknownCount += 1
      case true?: histogram[index, default: 0] += 1
      case false?: break
      }
    }
  }

  private mutating func add(_ probabilities: [Float]?) {
    valueCount += 1
    guard let probabilities else { return unknownCount += 1 }
    for number in probabilities { include(number) }
  }

  private mutating func include(_ value: Float) {
    range = range.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
  }

  /// Whether samples were seen that say nothing of the task.
  var isUnknown: Bool { valueCount > 0 && unknownCount == valueCount }

  // MARK: Text

  /// The lines of a report; empty if no sample was seen.
  var lines: [String] {
    guard sampleCount > 0 else { return [] }
    if !task.objectClasses.isEmpty { return objectLines(task.objectClasses) }
    if !task.attributes.isEmpty { return [unknownLine] + attributeLines(task.attributes) }
    return [unknownLine, rangeLine] + (histogram.isEmpty ? [] : [histogramLine])
  }

  private var unknownLine: String { "unknown: \(Self.percent(unknownCount, of: valueCount)) of the values" }

  private var rangeLine: String {
    guard let range else { return "range: nothing is known in the samples that were read (--count 0 reads all)" }
    return "range: \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
  }

  private var histogramLine: String {
    let known = valueCount - unknownCount
    let entries = histogram.sorted { $0.key < $1.key }.map { label, count in
      "\(name(of: label)) \(Self.percent(count, of: known))"
    }
    return "classes: " + entries.joined(separator: ", ")
  }

  private func name(of label: Int) -> String {
    guard let classes = task.kind.pixelClasses else { return label == 1 ? "yes" : "no" }
    return classes.indices.contains(label) ? "\(label) \(classes[label])" : "\(label)"
  }

  private func attributeLines(_ names: [String]) -> [String] {
    let entries = names.enumerated().map { "\($1) \(Self.percent(histogram[$0] ?? 0, of: sampleCount))" }
    return ["yes: " + entries.joined(separator: ", ")]
  }

  private func objectLines(_ classes: [String]) -> [String] {
    guard !objects.isEmpty else { return ["objects: none in these samples"] }
    let counts = Dictionary(objects.map { ($0.label, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
    let named = counts.map { "\($0.key) \(classes[$0.key]) \(Self.percent($0.value, of: objects.count))" }
    let covered = objects.filter { $0.occludedFraction >= 0.05 }.count
    let (heights, widths) = (objects.map { $0.box.y2 - $0.box.y1 }, objects.map { $0.box.x2 - $0.box.x1 })
    let crowds = objects.filter(\.isCrowd).count
    let mean = String(format: "%.1f", Double(objects.count) / Double(sampleCount))
    return [
      "objects: \(objects.count), \(mean) in an image" + (crowds == 0 ? "" : ", \(crowds) of them crowds"),
      "classes: \(named.joined(separator: ", "))",
      "boxes: \(heights.min()!) to \(heights.max()!) pixels high, \(widths.min()!) to \(widths.max()!) wide",
      "occluded by 5 % or more: \(Self.percent(covered, of: objects.count))",
    ]
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    String(format: "%.1f %%", whole == 0 ? 0 : 100 * Double(part) / Double(whole))
  }

  private static func text(_ value: Float) -> String { String(format: "%.4g", value) }
}
