import Foundation

/// Prints a value as JSON, with its fields in alphabetical order.
func printJSON(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting = []) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = formatting.union(.sortedKeys)
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
