import Support

/// The format of masks: yes (1) or no (0) at each pixel, or 255 where it is unknown.
struct MaskFormat: MapFormat {
  let maskContent: MapContent

  var channels: Int { 1 }
  var mapContent: MapContent { maskContent }
  var targetChannels: Int { 1 }
  var needsWords: Bool { false }
  var complaint: String? { nil }

  func map(_ file: TargetFile) throws -> DenseMap {
    if let wrong = file.numbers.values.first(where: { $0 != 0 && $0 != 1 && $0 != TargetFile.unknownLabel }) {
      throw FileError(file.url, "holds \(Int(wrong)), but '\(file.task.name)' is 0 or 1 (255 is unknown)")
    }
    return try file.mask(maskContent)
  }

  func samples(of map: DenseMap) -> Picture.Samples { Self.labels(of: map) }

  /// The labels of a map as bytes.
  static func labels(of map: DenseMap) -> Picture.Samples {
    .bits8(
      map.values.values.enumerated().map {
        UInt8(map.isKnown(pixel: $0.offset) ? $0.element : TargetFile.unknownLabel)
      })
  }
}
