/// The format of unit normals: (n + 1) · 32767 for each of x, y and z, or three zeros where the normal is unknown.
struct NormalsFormat: MapFormat {
  var channels: Int { 3 }
  var mapContent: MapContent { .directions }
  var targetChannels: Int { 3 }
  var needsWords: Bool { true }
  var complaint: String? { nil }

  func map(_ file: TargetFile) -> DenseMap {
    let stored = file.numbers
    let count = stored.height * stored.width
    let known = (0..<count).map { index in (0..<3).contains { stored.values[$0 * count + index] != 0 } }
    var normals = stored
    normals.values = stored.values.map { min(1, $0 / 32767 - 1) }
    return DenseMap(
      .directions, normals, known: PixelMask(height: stored.height, width: stored.width, values: known))
  }

  func samples(of map: DenseMap) -> Picture.Samples {
    let count = map.height * map.width
    var values = [UInt16](repeating: 0, count: 3 * count)
    for index in 0..<count where map.isKnown(pixel: index) {
      for axis in 0..<3 {
        values[3 * index + axis] = UInt16(((map.values.values[axis * count + index] + 1) * 32767).rounded())
      }
    }
    return .bits16(values)
  }
}
