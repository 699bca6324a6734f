import Foundation
import TestSupport
import Testing
import VisionData

/// The files of public data sets, in their true forms but with other content, and what public loaders read from them.
enum DatasetResource {
  static func url(_ path: String) -> URL {
    Bundle.module.bundleURL.appendingPathComponent("Resources/datasets/\(path)")
  }

  static func expected(_ name: String) throws -> Reference {
    try Reference(contentsOf: url("\(name)/expected.json"))
  }

  static func request(
    _ folder: URL, _ tasks: [String], _ settings: [String: String] = [:], counts: (Int, Int) = (100, 100)
  ) -> DatasetRequest {
    DatasetRequest(
      folder: folder, tasks: tasks, trainingCount: counts.0, validationCount: counts.1, height: 16, width: 16,
      settings: settings)
  }

  /// Opens a data set whose reader is found by a look at the folder.
  static func open(
    _ folder: URL, _ tasks: [String], _ settings: [String: String] = [:], counts: (Int, Int) = (100, 100)
  ) throws -> Dataset {
    try DatasetReader.reader(named: nil, of: folder).open(request(folder, tasks, settings, counts: counts))
  }

  /// All samples of a source.
  static func samples(_ source: any SampleSource) throws -> [Sample] {
    try (0..<source.count).map { try source.sample(at: $0) }
  }

  /// Copies a data set to a place where it can be changed.
  static func withCopy(_ name: String, _ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { parent in
      let copy = parent.appendingPathComponent("copy")
      try FileManager.default.copyItem(at: url(name), to: copy)
      try body(copy)
    }
  }
}

/// Compares an image with what public loaders read, in colors from 0 to 255.
func expect(
  _ image: PixelMap, isImage record: Reference, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  var bytes = image
  bytes.values = image.values.map { $0 * 255 }
  expect(DenseMap(.quantities, bytes), decodedAs: record, filling: 0, what, sourceLocation: sourceLocation)
}

/// Compares a map with what public loaders read: its shape, sum, extremes, histogram, and some of its pixels.
///
/// - Parameters:
///   - map: the map.
///   - record: what is expected.
///   - filling: what public loaders put where nothing is known.
///   - tolerance: how far values may be apart, for those that the record says nothing of.
func expect(
  _ map: DenseMap, decodedAs record: Reference, filling: Double, _ what: String, tolerance: Double = 2e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let (height, width, channels) = (map.height, map.width, map.channels)
  let shape = [height, width] + (record["shape"].array.count == 3 ? [channels] : [])
  #expect(record["shape"].ints == shape, "\(what)", sourceLocation: sourceLocation)
  guard record["shape"].ints == shape else { return }
  func value(_ row: Int, _ column: Int, _ channel: Int) -> Double {
    let pixel = row * width + column
    let isKnown = map.isKnown(channel: channel, pixel: pixel)
    return isKnown ? Double(map.values.values[channel * height * width + pixel]) : filling
  }
  let allowed = record.has("tolerance") ? record["tolerance"].double : tolerance
  func check(_ found: Double, _ wanted: Double, _ name: String, factor: Double = 1) {
    #expect(
      abs(found - wanted) <= allowed * factor * max(1, abs(wanted)), "\(what): \(name) is \(found), not \(wanted)",
      sourceLocation: sourceLocation)
  }
  for probe in record["probes"].array {
    let (row, column, wanted) = (probe[0].int, probe[1].int, probe[2].flatDoubles)
    for (channel, number) in paired(Array(0..<channels), wanted) {
      check(value(row, column, channel), number, "row \(row), column \(column), channel \(channel)")
    }
  }
  guard record.has("sum") else { return }
  let all = (0..<height).flatMap { row in
    (0..<width).flatMap { column in (0..<channels).map { value(row, column, $0) } }
  }
  check(all.reduce(0, +), record["sum"].double, "sum", factor: Double(all.count).squareRoot())
  check(all.min()!, record["min"].double, "min")
  check(all.max()!, record["max"].double, "max")
  guard record.has("histogram") else { return }
  let histogram = Dictionary(all.map { ("\(Int($0))", 1) }, uniquingKeysWith: +)
  #expect(
    histogram == record["histogram"].keys.reduce(into: [:]) { $0[$1] = record["histogram"][$1].int }, "\(what)",
    sourceLocation: sourceLocation)
}

extension DenseMap {
  /// How many pixels nothing is known of.
  var unknownCount: Int { (0..<(height * width)).count { !isKnown(pixel: $0) } }
}
