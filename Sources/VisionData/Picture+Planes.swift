extension Picture {
  /// Returns what an image's samples stand for, channel after channel.
  ///
  /// - Parameters:
  ///   - samples: the samples of this image.
  ///   - channels: the number of channels that are returned: the first ones, or the first one repeatedly if there are fewer.
  ///   - value: what a sample stands for.
  @inline(__always)
  func planes<Sample>(_ samples: [Sample], channels: Int, _ value: (Sample) -> Float) -> [Float] {
    let (count, stride) = (width * height, self.channels)
    return [Float](unsafeUninitializedCapacity: channels * count) { values, initialized in
      samples.withUnsafeBufferPointer { samples in
        for channel in 0..<channels {
          let (plane, first) = (channel * count, stride < channels ? 0 : channel)
          for index in 0..<count { values[plane + index] = value(samples[index * stride + first]) }
        }
      }
      initialized = channels * count
    }
  }
}
