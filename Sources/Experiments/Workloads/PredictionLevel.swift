import VisionData
import VisionNetworks

/// What predictions are about: each pixel of an image, or the image as a whole.
enum PredictionLevel {
  case pixels
  case image

  /// The tasks of a run, with what their kinds bring.
  ///
  /// - Parameter workload: the name of the run's workload, for errors.
  /// - Throws: ``ConfigurationError`` for a task of the other level, or of a kind that is not trained here.
  func bindings(
    of tasks: [VisionTask], _ losses: LossChoice, workload: String
  ) throws -> [TaskBinding] {
    try tasks.map { task in
      guard task.isDense == (self == .pixels), let binding = TaskBinding(task, losses) else {
        throw ConfigurationError(
          "data.tasks: '\(task.name)' is \(task.subject), but the workload \(workload) is about \(subject)\(task.isAttribute ? ": 'workload: attributes' trains it" : "")"
        )
      }
      return binding
    }
  }

  /// Finds a decoder of the other level.
  ///
  /// - Throws: ``ConfigurationError`` that says which decoders can be taken.
  func check(_ decoder: DecoderEntry, workload: String) throws {
    guard !includes(decoder) else { return }
    let able = DecoderRegistry.shared.entries.filter(includes).map(\.name)
    throw ConfigurationError(
      "network.decoder is \(decoder.name), but the workload \(workload) is about \(subject): \(able.joined(separator: ", ")) can be taken"
    )
  }

  private func includes(_ decoder: DecoderEntry) -> Bool { decoder.traits.has(.imageLevel) == (self == .image) }

  private var subject: String {
    switch self {
    case .pixels: "the pixels of images"
    case .image: "images as a whole"
    }
  }
}

extension VisionTask {
  fileprivate var isAttribute: Bool { !isDense && kind.learnable(LossChoice()) != nil }

  fileprivate var subject: String {
    if isDense { return "about pixels" }
    return isAttribute ? "about images as a whole" : "about the objects in images"
  }
}
