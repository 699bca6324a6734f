import ArgumentParser
import Foundation

/// Prints a value as JSON, with its fields in alphabetical order.
///
/// - Throws: `ValidationError` with the place of a number that is infinite or not a number.
func printJSON(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting = []) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = formatting.union(.sortedKeys)
  do {
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  } catch EncodingError.invalidValue(let number, let context) {
    let place = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    throw ValidationError("the result holds \(number) at '\(place)', for which JSON has no number")
  }
}
