import Foundation
import Support

/// The list of CelebA's attributes: how many images there are, the attributes' names, and for each image 1 or −1 for each
/// of them.
struct AttributeList: Sendable {
  /// The names of the attributes.
  let names: [String]
  private let positions: [String: Int]
  /// For each image a bit for each attribute.
  private let bits: [String: UInt64]

  /// Reads a list. Fields may have any number of blanks between them.
  ///
  /// - Throws: `FileError` for a list that is missing, damaged or contradicts itself, with the line.
  init(contentsOf file: URL) throws {
    guard let data = try? Data(contentsOf: file) else { throw FileError.unreadable(file) }
    var lines = [UInt8](data).split(omittingEmptySubsequences: false) { $0 == 10 }.lazy.enumerated()
      .map { (number: $0.offset + 1, fields: $0.element.split { $0 == 32 || $0 == 9 || $0 == 13 }) }
      .filter { !$0.fields.isEmpty }.makeIterator()
    guard let first = lines.next(), first.fields.count == 1, let count = Int(Self.text(first.fields[0])), count >= 0
    else { throw FileError(file, "holds no number of images on its first line") }
    let names = lines.next()?.fields.map(Self.text) ?? []
    guard (1...64).contains(names.count) else {
      throw FileError(file, "names \(names.count) attributes on its second line, but 1 to 64 are expected")
    }
    guard Set(names).count == names.count else {
      throw FileError(file, "names an attribute twice on its second line")
    }
    if let wrong = names.first(where: { !VisionTask.isName($0) }) {
      throw FileError(file, "names the attribute '\(excerpt(wrong))': letters, digits, - and _ are expected")
    }
    var bits: [String: UInt64] = [:]
    while let line = lines.next() {
      guard line.fields.count == names.count + 1 else {
        throw FileError(
          file,
          "has \(Self.counted(line.fields.count - 1, "value")) on line \(line.number), but \(names.count) attributes are named"
        )
      }
      var own: UInt64 = 0
      for (index, field) in line.fields.dropFirst().enumerated() {
        switch Self.text(field) {
        case "1": own |= 1 << UInt64(index)
        case "-1": break
        case let other:
          throw FileError(
            file, "holds '\(excerpt(other))' for \(names[index]) on line \(line.number), but 1 and -1 are expected")
        }
      }
      let id = Self.text(line.fields[0])
      guard bits.updateValue(own, forKey: id) == nil else {
        throw FileError(file, "names '\(excerpt(id))' a second time on line \(line.number)")
      }
    }
    guard bits.count == count else {
      throw FileError(file, "says on its first line that it has \(count) images, but has \(bits.count)")
    }
    self.names = names
    self.bits = bits
    positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
  }

  /// Whether there are attributes of an image.
  func contains(_ id: String) -> Bool { bits[id] != nil }

  /// Whether an image has an attribute; nil for images and attributes that are not in the list.
  func value(of attribute: String, in id: String) -> Bool? {
    guard let bits = bits[id], let position = positions[attribute] else { return nil }
    return bits >> UInt64(position) & 1 == 1
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String { String(decoding: field, as: UTF8.self) }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
