import Foundation
import VisionData

/// The mean of each channel's known numbers, zero where nothing is known.
struct ChannelMeans: TargetStatistics {
  private var sums: [Double]
  private var counts: [Double]

  init(channels: Int) {
    sums = [Double](repeating: 0, count: channels)
    counts = sums
  }

  mutating func add(_ target: Target) {
    switch target {
    case .map(let map): add(map)
    case .attributes(let labels):
      for (channel, label) in labels.enumerated() {
        guard let label else { continue }
        add(label ? 1 : 0, channel)
      }
    case .probabilities, .objects: return
    }
  }

  private mutating func add(_ map: DenseMap) {
    let pixels = map.height * map.width
    for channel in 0..<map.channels {
      for pixel in 0..<pixels where map.isKnown(channel: channel, pixel: pixel) {
        add(Double(map.values.values[channel * pixels + pixel]), channel)
      }
    }
  }

  private mutating func add(_ value: Double, _ channel: Int) {
    sums[channel] += value
    counts[channel] += 1
  }

  var prediction: [Double] { zip(sums, counts).map { $0 / max(1, $1) } }
}

/// How frequent a yes is, as the logit of that frequency.
struct YesFrequencies: TargetStatistics {
  private var means: ChannelMeans

  init(channels: Int) { means = ChannelMeans(channels: channels) }

  mutating func add(_ target: Target) { means.add(target) }

  var prediction: [Double] {
    means.prediction.map { mean in
      let frequency = min(max(mean, 1e-6), 1 - 1e-6)
      return log(frequency / (1 - frequency))
    }
  }
}
