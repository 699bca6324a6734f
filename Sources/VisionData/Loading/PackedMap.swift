/// A map in as few bytes as give it back to the bit: files hold whole numbers of 8 or 16 bits.
struct PackedMap: Sendable {
  private let height: Int
  private let width: Int
  /// A plane for each channel: an image's colors and its depth are numbers of different files.
  private let planes: [PackedPlane]

  init(_ map: PixelMap) {
    height = map.height
    width = map.width
    let count = map.height * map.width
    planes = (0..<map.channels).map { PackedPlane(map.values[($0 * count)..<(($0 + 1) * count)]) }
  }

  var map: PixelMap {
    var values: [Float] = []
    values.reserveCapacity(planes.count * height * width)
    for plane in planes { plane.append(to: &values) }
    return PixelMap(channels: planes.count, height: height, width: width, values: values)
  }

  var byteCount: Int { planes.reduce(0) { $0 + $1.byteCount } }
}

private enum PackedPlane: Sendable {
  case bytes([UInt8], LinearCode)
  case words([UInt16], LinearCode)
  case floats([Float])

  init(_ values: ArraySlice<Float>) { self = Self.bytes(values) ?? Self.words(values) ?? .floats(Array(values)) }

  private static func bytes(_ values: ArraySlice<Float>) -> PackedPlane? {
    LinearCode.ofBytes.lazy.compactMap { code in code.encoded(values).map { .bytes($0, code) } }.first
  }

  private static func words(_ values: ArraySlice<Float>) -> PackedPlane? {
    LinearCode.ofWords.lazy.compactMap { code in code.encoded(values).map { .words($0, code) } }.first
  }

  func append(to values: inout [Float]) {
    switch self {
    case .bytes(let numbers, let code):
      let table = (0...255).map(code.value)
      for number in numbers { values.append(table[Int(number)]) }
    case .words(let numbers, let code): for number in numbers { values.append(code.value(of: Int(number))) }
    case .floats(let own): values += own
    }
  }

  var byteCount: Int {
    switch self {
    case .bytes(let numbers, _): numbers.count
    case .words(let numbers, _): 2 * numbers.count
    case .floats(let values): 4 * values.count
    }
  }
}

/// Values as whole numbers: `value = number / scale + offset`.
private struct LinearCode: Sendable {
  var scale: Float
  var offset: Float = 0

  /// The codes of labels, and of images.
  static let ofBytes = [LinearCode(scale: 1), LinearCode(scale: 255)]
  /// The codes of depth, quantities, normals, and images. Where nothing is known, maps hold zero, which all of them
  /// have.
  static let ofWords = [
    LinearCode(scale: DatasetIndex.depthUnitsPerMeter), LinearCode(scale: DatasetIndex.quantityScale),
    LinearCode(scale: 32_767, offset: -1), LinearCode(scale: 65_535),
  ]

  func value(of number: Int) -> Float { Float(number) / scale + offset }

  /// The numbers that stand for some values; nil if not every value would come back as it was.
  func encoded<Number: FixedWidthInteger>(_ values: ArraySlice<Float>) -> [Number]? {
    var numbers: [Number] = []
    for value in values {
      guard let number = Int(exactly: ((value - offset) * scale).rounded()), let short = Number(exactly: number),
        self.value(of: number).bitPattern == value.bitPattern
      else { return nil }
      numbers.append(short)
    }
    return numbers
  }
}
