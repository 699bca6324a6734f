/// A sample in as few bytes as give it back to the bit.
struct PackedSample: Sendable {
  private let image: PackedMap
  private let depthChannel: Int?
  private let targets: [String: PackedTarget]

  init(_ sample: Sample) {
    image = PackedMap(sample.image)
    depthChannel = sample.depthChannel
    targets = sample.targets.mapValues(PackedTarget.init)
  }

  var sample: Sample {
    Sample(image: image.map, depthChannel: depthChannel, targets: targets.mapValues(\.target))
  }

  var byteCount: Int { targets.values.reduce(image.byteCount) { $0 + $1.byteCount } }
}

private enum PackedTarget: Sendable {
  case map(MapContent, PackedMap, PackedMask?)
  case attributes([Bool?])
  case probabilities([Float]?)
  case objects([ObjectAnnotation])

  init(_ target: Target) {
    self =
      switch target {
      case .map(let map): .map(map.content, PackedMap(map.values), map.known.map(PackedMask.init))
      case .attributes(let labels): .attributes(labels)
      case .probabilities(let numbers): .probabilities(numbers)
      case .objects(let objects): .objects(objects)
      }
  }

  var target: Target {
    switch self {
    case .map(let content, let values, let known): .map(DenseMap(content, values.map, known: known?.mask))
    case .attributes(let labels): .attributes(labels)
    case .probabilities(let numbers): .probabilities(numbers)
    case .objects(let objects): .objects(objects)
    }
  }

  var byteCount: Int {
    switch self {
    case .map(_, let values, let known): values.byteCount + (known?.byteCount ?? 0)
    case .attributes(let labels): labels.count * MemoryLayout<Bool?>.stride
    case .probabilities(let numbers): (numbers?.count ?? 0) * MemoryLayout<Float>.stride
    case .objects(let objects):
      objects.reduce(0) {
        $0 + MemoryLayout<ObjectAnnotation>.stride
          + ($1.visibleMask.counts.count + $1.amodalMask.counts.count) * MemoryLayout<Int>.stride
      }
    }
  }
}

/// A mask that takes a bit for each value.
private struct PackedMask: Sendable {
  private let channels: Int
  private let height: Int
  private let width: Int
  private let bytes: [UInt8]

  init(_ mask: PixelMask) {
    channels = mask.channels
    height = mask.height
    width = mask.width
    var bytes = [UInt8](repeating: 0, count: (mask.values.count + 7) / 8)
    for (index, value) in mask.values.enumerated() where value { bytes[index / 8] |= 1 << UInt8(index % 8) }
    self.bytes = bytes
  }

  var mask: PixelMask {
    let values = (0..<(channels * height * width)).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    return PixelMask(channels: channels, height: height, width: width, values: values)
  }

  var byteCount: Int { bytes.count }
}
