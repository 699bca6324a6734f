import Support

/// The format of disparities, of zero or above: 1 + 256 times the disparity, or 0 where it is unknown, as in Cityscapes.
struct DisparityFormat: MapFormat {
  var channels: Int { 1 }
  var mapContent: MapContent { .inverseDistances }
  var targetChannels: Int { 1 }
  var needsWords: Bool { true }
  var complaint: String? { nil }

  func map(_ file: TargetFile) -> DenseMap { file.map(.inverseDistances) { $0 == 0 ? nil : ($0 - 1) / 256 } }

  func samples(of map: DenseMap) -> Picture.Samples {
    .bits16(
      map.values.values.enumerated().map {
        map.isKnown(pixel: $0.offset) ? UInt16(min(65535, max(1, (1 + 256 * $0.element).rounded()))) : 0
      })
  }
}
