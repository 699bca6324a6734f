/// The numbers of COCO, from 0 to 1; −1 where no object is there to be found.
public struct COCOSummary: Sendable, Equatable {
  /// The average precision: the mean over thresholds of overlap, recalls and categories.
  public let averagePrecision: [COCOAreaRange: Double]
  /// The average recall: the mean over thresholds of overlap and categories.
  public let averageRecall: [COCOAreaRange: Double]
  /// The average precision of objects of any area for each threshold, .50:.05:.95.
  public let averagePrecisionByThreshold: [Double]
  /// The average precision of objects of any area for each category of which there are objects; empty if all categories
  /// count as one.
  public let averagePrecisionByCategory: [Int: Double]
  /// The average recall of objects of any area for each limit of detections.
  public let averageRecallByLimit: [Int: Double]

  init(_ records: [Int: CategoryRecord], isClassAgnostic: Bool, detectionLimits: [Int]) {
    let largest = detectionLimits.last!
    // In the order of the categories: sums do not depend on how a dictionary is ordered.
    let curves = records.sorted { $0.key < $1.key }.map { category, record in
      (category: category, curves: CategoryCurves(record, limit: largest))
    }
    func mean(_ range: COCOAreaRange, _ number: (PrecisionCurve) -> Double) -> Double {
      curves.compactMap { $0.curves.byRange[range] }.joined().map(number).meanOrNothing
    }
    func byRange(_ number: (PrecisionCurve) -> Double) -> [COCOAreaRange: Double] {
      Dictionary(uniqueKeysWithValues: COCOAreaRange.allCases.map { ($0, mean($0, number)) })
    }
    averagePrecision = byRange(\.averagePrecision)
    averageRecall = byRange(\.recall)
    let all = curves.compactMap { item in item.curves.byRange[.all].map { (category: item.category, curves: $0) } }
    averagePrecisionByThreshold = OverlapThresholds.all.indices.map { threshold in
      all.map { $0.curves[threshold].averagePrecision }.meanOrNothing
    }
    averagePrecisionByCategory =
      isClassAgnostic
      ? [:]
      : Dictionary(uniqueKeysWithValues: all.map { ($0.category, $0.curves.map(\.averagePrecision).meanOrNothing) })
    averageRecallByLimit = Dictionary(
      uniqueKeysWithValues: detectionLimits.map { limit in
        (limit, records.values.compactMap { $0.meanRecall(limit: limit) }.sorted().meanOrNothing)
      })
  }

  /// COCO's numbers with its names and in its order: AP, AP50, AP75, APs, APm, APl, AR1, AR10, AR100, ARs, ARm, ARl.
  public var values: [(name: String, value: Double)] {
    let sizes: [COCOAreaRange] = [.small, .medium, .large]
    return [
      ("AP", averagePrecision[.all]!),
      ("AP50", averagePrecisionByThreshold[OverlapThresholds.half]),
      ("AP75", averagePrecisionByThreshold[OverlapThresholds.threeQuarters]),
    ] + sizes.map { ("AP" + $0.suffix, averagePrecision[$0]!) }
      + averageRecallByLimit.sorted { $0.key < $1.key }.map { ("AR\($0.key)", $0.value) }
      + sizes.map { ("AR" + $0.suffix, averageRecall[$0]!) }
  }

  /// A number by its name, such as `AP50`; nil if there is none of this name.
  public func value(_ name: String) -> Double? { values.first { $0.name == name }?.value }
}

/// A category's curve for each threshold.
private struct CategoryCurves {
  /// Only the ranges in which there are objects.
  let byRange: [COCOAreaRange: [PrecisionCurve]]

  init(_ record: CategoryRecord, limit: Int) {
    let detections = record.detections.filter { $0.rank < limit }.sorted(byFalling: \.score)
    byRange = COCOAreaRange.allCases.reduce(into: [:]) { byRange, range in
      let truthCount = record.truthCounts[range.rawValue]
      guard truthCount > 0 else { return }
      byRange[range] = OverlapThresholds.all.indices.map { threshold in
        let outcomes = detections.compactMap { $0.isRight(in: range, threshold: threshold) }
        return PrecisionCurve(outcomes, truthCount: truthCount)
      }
    }
  }
}

extension CategoryRecord {
  /// The mean over all thresholds of the fraction of objects that are found by so many detections in each image; nil if
  /// there are no objects.
  fileprivate func meanRecall(limit: Int) -> Double? {
    let truthCount = truthCounts[COCOAreaRange.all.rawValue]
    guard truthCount > 0 else { return nil }
    let rightCount = detections.reduce(0) {
      $0 + ($1.rank < limit ? $1.rightCount(in: .all) : 0)
    }
    return Double(rightCount) / Double(truthCount * OverlapThresholds.all.count)
  }
}

extension Array where Element == Double {
  /// −1 if there is nothing.
  fileprivate var meanOrNothing: Double { isEmpty ? -1 : reduce(0, +) / Double(count) }
}

extension COCOSummary: Encodable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes an object with COCO's numbers by their names.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (name, value) in values { try container.encode(value, forKey: Name(stringValue: name)) }
  }
}
