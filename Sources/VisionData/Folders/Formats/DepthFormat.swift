/// The format of depth in meters, above zero: whole tenths of a millimeter, or 0 where depth is unknown.
struct DepthFormat: MapFormat {
  var channels: Int { 1 }
  var mapContent: MapContent { .distances }
  var targetChannels: Int { 1 }
  var needsWords: Bool { true }
  var complaint: String? { nil }

  func map(_ file: TargetFile) -> DenseMap {
    file.map(.distances) { $0 == 0 ? nil : $0 / DatasetIndex.depthUnitsPerMeter }
  }

  func samples(of map: DenseMap) -> Picture.Samples {
    .bits16(map.values.values.map { UInt16(($0 * DatasetIndex.depthUnitsPerMeter).rounded()) })
  }
}
