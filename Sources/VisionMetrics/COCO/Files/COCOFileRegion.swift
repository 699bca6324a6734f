import Support

/// A region that can be read from a file.
protocol COCOFileRegion: COCORegion {
  /// - Throws: ``COCOProblem``, or the scanner's failure.
  init(_ record: COCORecord, in image: COCOTruthFile.Image, _ text: COCOText) throws

  /// - Throws: ``COCOProblem`` for a true object that cannot be one.
  func checkTruth(in image: COCOTruthFile.Image) throws
}

extension COCOBox: COCOFileRegion {
  /// Where there is no box, the one around the segmentation.
  init(_ record: COCORecord, in image: COCOTruthFile.Image, _ text: COCOText) throws {
    if let box = record.box {
      self = box
    } else if record.segmentation != nil {
      self = try COCOMask(record, in: image, text).box
    } else {
      throw COCOProblem("has no 'bbox', but boxes are measured")
    }
  }

  func checkTruth(in image: COCOTruthFile.Image) throws {
    guard let size = image.size else { return }
    guard x <= Double(size.width), y <= Double(size.height), x + width >= 0, y + height >= 0 else {
      throw COCOProblem(
        "has a 'bbox' from (\(x), \(y)) to (\(x + width), \(y + height)), outside of the image \(image.id) of \(size.height)×\(size.width)"
      )
    }
  }
}

extension COCOMask: COCOFileRegion {
  init(_ record: COCORecord, in image: COCOTruthFile.Image, _ text: COCOText) throws {
    guard let position = record.segmentation else {
      throw COCOProblem("has no 'segmentation', but masks are measured")
    }
    do {
      self = try text.scan(from: position) { try Self(&$0, in: image) }
    } catch let error as COCOMaskError {
      throw COCOProblem("has a 'segmentation' with \(error)")
    }
  }

  private init(_ scanner: inout JSONScanner, in image: COCOTruthFile.Image) throws {
    if scanner.nextKind() == .list {
      try self.init(polygons: Self.readPolygons(&scanner), in: image)
    } else {
      try self.init(runs: &scanner, in: image)
    }
  }

  /// A mask whose polygons of fewer than three corners, or of an odd number of coordinates, are left out, as those who
  /// train on such files do; nil if no polygon remains.
  init?(skippingStrayPolygons scanner: inout JSONScanner, in image: COCOTruthFile.Image) throws {
    guard scanner.nextKind() == .list else {
      try self.init(runs: &scanner, in: image)
      return
    }
    let polygons = try Self.readPolygons(&scanner).filter { $0.count >= 6 && $0.count.isMultiple(of: 2) }
    if polygons.isEmpty { return nil }
    try self.init(polygons: polygons, in: image)
  }

  private static func readPolygons(_ scanner: inout JSONScanner) throws -> [[Double]] {
    var polygons: [[Double]] = []
    try scanner.readList { polygons.append(try $0.readNumbers()) }
    return polygons
  }

  private init(polygons: [[Double]], in image: COCOTruthFile.Image) throws {
    guard let size = image.size else {
      throw COCOProblem("has polygons, but the image \(image.id) has no 'height' and 'width' to draw them in")
    }
    try self.init(polygons: polygons, height: size.height, width: size.width)
  }

  private init(runs scanner: inout JSONScanner, in image: COCOTruthFile.Image) throws {
    try self.init(runs: &scanner)
    guard let size = image.size, size != (height, width) else { return }
    throw COCOProblem(
      "has a 'segmentation' of \(height)×\(width), but the image \(image.id) is \(size.height)×\(size.width)")
  }

  /// Reads `size` and `counts`, which are a list or a compressed text.
  private init(runs scanner: inout JSONScanner) throws {
    var size: [Int]?
    var (counts, text): ([Int]?, String?)
    try scanner.readObject { scanner, field in
      switch (field, scanner.nextKind()) {
      case ("size", _): size = try Self.readIntegers(&scanner, field)
      case ("counts", .text): text = try scanner.readString()
      case ("counts", _): counts = try Self.readIntegers(&scanner, field)
      default: try scanner.skipValue()
      }
    }
    guard let size, size.count == 2 else { throw COCOMaskError("no 'size' of height and width") }
    if let text {
      try self.init(compressed: text, height: size[0], width: size[1])
    } else if let counts {
      try self.init(counts: counts, height: size[0], width: size[1])
    } else {
      throw COCOMaskError("no 'counts'")
    }
  }

  private static func readIntegers(_ scanner: inout JSONScanner, _ field: String) throws -> [Int] {
    var numbers: [Int] = []
    try scanner.readList { numbers.append(try $0.readInteger(of: field)) }
    return numbers
  }

  /// The size has been compared with that of the image.
  func checkTruth(in image: COCOTruthFile.Image) {}
}
