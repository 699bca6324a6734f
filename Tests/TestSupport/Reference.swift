import Foundation
import Testing
import Torch

/// A JSON file of reference numbers.
public struct Reference: @unchecked Sendable {
  public let value: Any

  public init(_ value: Any) { self.value = value }

  public init(contentsOf url: URL) throws {
    // Not JSONSerialization, whose numbers lose their last bit.
    value = try JSONDecoder().decode(ExactValue.self, from: Data(contentsOf: url)).value
  }

  public subscript(_ key: String) -> Reference {
    guard let object = value as? [String: Any], let entry = object[key] else {
      fatalError("no '\(key)' in the reference")
    }
    return Reference(entry)
  }
  public subscript(_ index: Int) -> Reference { Reference((value as! [Any])[index]) }

  public func has(_ key: String) -> Bool { (value as? [String: Any])?[key] != nil }
  public var isNull: Bool { value is NSNull }
  public var keys: [String] { (value as! [String: Any]).keys.sorted() }
  public var double: Double { (value as! NSNumber).doubleValue }
  public var int: Int { (value as! NSNumber).intValue }
  public var bool: Bool { (value as! NSNumber).boolValue }
  public var string: String { value as! String }
  public var array: [Reference] { (value as! [Any]).map(Reference.init) }
  public var doubles: [Double] { array.map(\.double) }
  public var ints: [Int] { array.map(\.int) }

  /// All numbers of nested lists, in order.
  public var flatDoubles: [Double] {
    if let list = value as? [Any] { return list.flatMap { Reference($0).flatDoubles } }
    return [double]
  }
}

/// Compares a tensor with a record of the reference: statistics, samples, and the probe that permuted or transposed
/// outputs fail.
public func expect(
  _ tensor: Tensor, matches record: Reference, _ what: String, tolerance factor: Double = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(tensor.shape == record["shape"].ints, "\(what): shape", sourceLocation: sourceLocation)
  let values = tensor.array(of: Double.self)
  let probe = FillFormula.unit("probe", count: values.count)
  let l2 = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  let largest = values.reduce(0) { max($0, abs($1)) }
  let gap = record.has("max_abs_diff_f32_f64") ? record["max_abs_diff_f32_f64"].double : 0
  let reference = record["absmax"].double
  let tolerance = factor * max(20 * gap, 1e-5 * reference)
  func check(_ name: String, _ found: Double, _ expected: Double, _ allowed: Double) {
    #expect(
      abs(found - expected) <= allowed, "\(what): \(name) is \(found), not \(expected)", sourceLocation: sourceLocation)
  }
  check("absmax", largest, reference, tolerance)
  // Independent errors of this size in every element add up like a random walk, with room for a common share.
  let spread = tolerance * Double(values.count).squareRoot()
  check("l2", l2, record["l2"].double, spread)
  check("probe", zip(values, probe).reduce(0) { $0 + $1.0 * $1.1 }, record["probe_dot"].double, spread)
  let first = record.has("first16") ? record["first16"].doubles : record["first4"].doubles
  for (index, expected) in first.enumerated() { check("element \(index)", values[index], expected, tolerance) }
  if record.has("sample_index") {
    for (index, expected) in paired(record["sample_index"].ints, record["sample_value"].doubles) {
      check("element \(index)", values[index], expected, tolerance)
    }
  }
}

private struct ExactValue: Decodable {
  let value: Any

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = NSNull()
    } else if let bool = try? container.decode(Bool.self) {
      value = bool as NSNumber
    } else if let number = try? container.decode(Double.self) {
      value = number as NSNumber
    } else if let text = try? container.decode(String.self) {
      value = text
    } else if let list = try? container.decode([ExactValue].self) {
      value = list.map(\.value)
    } else {
      value = try container.decode([String: ExactValue].self).mapValues(\.value)
    }
  }
}
