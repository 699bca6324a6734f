/// A sample in as few bytes as give it back to the bit.
struct PackedSample: Sendable {
  private let image: PackedMap
  private let targets: [String: PackedMap]

  init(_ sample: Sample) {
    image = PackedMap(sample.image)
    targets = sample.targets.mapValues(PackedMap.init)
  }

  var sample: Sample { Sample(image: image.map, targets: targets.mapValues(\.map)) }

  var byteCount: Int { targets.values.reduce(image.byteCount) { $0 + $1.byteCount } }
}

/// A map in as few bytes as give it back to the bit: files hold whole numbers of 8 or 16 bits.
struct PackedMap: Sendable {
  private enum Storage: Sendable {
    case bytes([UInt8], LinearCode)
    case words([UInt16], LinearCode)
    case floats([Float])
  }

  private let channels: Int
  private let height: Int
  private let width: Int
  private let storage: Storage

  init(_ map: PixelMap) {
    channels = map.channels
    height = map.height
    width = map.width
    storage = Self.bytes(map.values) ?? Self.words(map.values) ?? .floats(map.values)
  }

  private static func bytes(_ values: [Float]) -> Storage? {
    LinearCode.ofBytes.lazy.compactMap { code in code.encoded(values).map { .bytes($0, code) } }.first
  }

  private static func words(_ values: [Float]) -> Storage? {
    LinearCode.ofWords.lazy.compactMap { code in code.encoded(values).map { .words($0, code) } }.first
  }

  var map: PixelMap {
    let values =
      switch storage {
      case .bytes(let numbers, let code): code.decoded(numbers)
      case .words(let numbers, let code): code.decoded(numbers)
      case .floats(let values): values
      }
    return PixelMap(channels: channels, height: height, width: width, values: values)
  }

  var byteCount: Int {
    switch storage {
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
  /// The number that stands for an unknown value.
  var unknown: Int?

  /// Labels, and pictures.
  static let ofBytes = [LinearCode(scale: 1), LinearCode(scale: 255)]
  /// Depth, quantities, normals, and pictures.
  static let ofWords = [
    LinearCode(scale: DatasetIndex.depthUnitsPerMetre, unknown: 0),
    LinearCode(scale: DatasetIndex.quantityScale, unknown: 65_535),
    LinearCode(scale: 32_767, offset: -1, unknown: 65_535), LinearCode(scale: 65_535),
  ]

  func value(of number: Int) -> Float {
    number == unknown ? VisionTask.unknown : Float(number) / scale + offset
  }

  /// Nil if not every value comes back as it was.
  func encoded<Number: FixedWidthInteger>(_ values: [Float]) -> [Number]? {
    var numbers: [Number] = []
    for value in values {
      guard let number = number(of: value), let short = Number(exactly: number),
        self.value(of: number).bitPattern == value.bitPattern
      else { return nil }
      numbers.append(short)
    }
    return numbers
  }

  private func number(of value: Float) -> Int? {
    if let unknown, value == VisionTask.unknown { return unknown }
    return Int(exactly: ((value - offset) * scale).rounded())
  }

  func decoded(_ numbers: [UInt8]) -> [Float] {
    let values = (0...255).map(value)
    return numbers.map { values[Int($0)] }
  }

  func decoded(_ numbers: [UInt16]) -> [Float] { numbers.map { value(of: Int($0)) } }
}
