import VisionData

/// The samples of a data reader, which may come from outside: images of other channels than a run asked for are an error.
struct CheckedSource: SampleSource {
  let source: any SampleSource
  let channels: ImageChannels
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
    return sample
  }
}
