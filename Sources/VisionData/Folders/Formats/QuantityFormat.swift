/// The format of numbers from 0 to 1: each times 65534, or 65535 where it is unknown. A file has one channel for one
/// number, and three for two or three.
struct QuantityFormat: MapFormat {
  let channels: Int

  var mapContent: MapContent { .quantities }
  var targetChannels: Int { channels }
  var fileChannels: Int { channels == 1 ? 1 : 3 }
  var needsWords: Bool { true }

  var complaint: String? {
    (1...3).contains(channels) ? nil : "has \(channels) quantities, but 1 to 3 are possible"
  }

  func map(_ file: TargetFile) -> DenseMap {
    file.map(.quantities, channels: channels) {
      $0 == DatasetIndex.unknownQuantity ? nil : $0 / DatasetIndex.quantityScale
    }
  }

  func samples(of map: DenseMap) -> Picture.Samples {
    let count = map.height * map.width
    var values = [UInt16](repeating: 0, count: fileChannels * count)
    for index in 0..<count {
      for channel in 0..<channels {
        let value = map.values.values[channel * count + index] * DatasetIndex.quantityScale
        values[fileChannels * index + channel] =
          map.isKnown(channel: channel, pixel: index)
          ? UInt16(value.rounded()) : UInt16(DatasetIndex.unknownQuantity)
      }
    }
    return .bits16(values)
  }
}
