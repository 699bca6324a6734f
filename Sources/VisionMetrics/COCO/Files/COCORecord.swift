import Support

/// An annotation or a detection as it is written in a file; what is missing, or null, is nil.
package struct COCORecord: Sendable {
  private(set) var id: Int?
  package private(set) var image: Int?
  package private(set) var category: Int?
  private(set) var box: COCOBox?
  /// The byte at which the segmentation begins: it is read where it is needed.
  package private(set) var segmentation: Int?
  /// The byte at which the mask of the visible pixels begins, which annotations of whole objects have beside the
  /// segmentation.
  package private(set) var visibleMask: Int?
  private(set) var area: Double?
  private(set) var score: Double?
  package private(set) var isCrowd = false
  private(set) var isIgnored = false

  /// - Throws: ``COCOProblem``, or the scanner's failure.
  init(_ scanner: inout JSONScanner) throws {
    try scanner.readObject { scanner, field in
      do {
        if scanner.nextKind() == .null { return try scanner.skipValue() }
        try read(field, &scanner)
      } catch let failure as JSONScanner.Failure {
        throw COCOProblem("has a wrong '\(excerpt(field))' (\(failure))")
      }
    }
  }

  private mutating func read(_ field: String, _ scanner: inout JSONScanner) throws {
    switch field {
    case "id": id = try scanner.readInteger(of: field)
    case "image_id": image = try scanner.readInteger(of: field)
    case "category_id": category = try scanner.readInteger(of: field)
    case "bbox": box = try Self.readBox(&scanner)
    case "segmentation":
      // Also where an empty list takes its place.
      segmentation = scanner.position
      try scanner.skipValue()
    case "visible_mask":
      visibleMask = scanner.position
      try scanner.skipValue()
    case "area":
      let value: Double = try scanner.readNumber()
      guard value >= 0 else { throw COCOProblem("has the 'area' \(value), below 0") }
      area = value
    case "score": score = try scanner.readNumber()
    case "iscrowd": isCrowd = try scanner.readFlag()
    case "ignore": isIgnored = try scanner.readFlag()
    default: try scanner.skipValue()
    }
  }

  /// Reads left, top, width, height; nil for an empty list, which stands for no box.
  private static func readBox(_ scanner: inout JSONScanner) throws -> COCOBox? {
    let numbers = try scanner.readNumbers()
    if numbers.isEmpty { return nil }
    guard numbers.count == 4 else {
      throw COCOProblem("has a 'bbox' of \(numbers.count) numbers, where x, y, width and height are needed")
    }
    guard numbers[2] >= 0, numbers[3] >= 0 else {
      throw COCOProblem("has a 'bbox' of width \(numbers[2]) and height \(numbers[3]), below 0")
    }
    return COCOBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }
}
