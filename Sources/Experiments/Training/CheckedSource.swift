import VisionData

/// The samples of a data reader, which may come from outside: images of other channels than a run asked for are an error,
/// and so are larger ones than it can take.
struct CheckedSource: SampleSource {
  let source: any SampleSource
  let channels: ImageChannels
  /// The size that images may not pass; nil if they may have any.
  let largestSize: SamplePlan.Size?
  /// The name of the data reader.
  let reader: String

  var tasks: [VisionTask] { source.tasks }
  var count: Int { source.count }

  func sample(at position: Int) throws -> Sample {
    let sample = try source.sample(at: position)
    guard sample.image.channels == channels.count else {
      throw ConfigurationError(
        "the data reader \(reader) gives an image of \(sample.image.channels) channels, but data.channels is \(channels.rawValue): \(channels.count) channels"
      )
    }
    let (height, width) = (sample.image.height, sample.image.width)
    if let largestSize, height > largestSize.height || width > largestSize.width {
      throw ConfigurationError(
        "data.fit is pad, which keeps the scale of images, but sample \(position + 1) is \(height)×\(width): data.height and data.width have to be as large, not \(largestSize.height) and \(largestSize.width)"
      )
    }
    return sample
  }
}
