import Foundation
import Support
import Torch
import VisionData
import VisionNetworks

/// The drawings of some validation samples: the input, the ground truth and the network's predictions. They lie in the
/// run's `predictions` folder, and the report shows them.
struct Gallery {
  let folder: RunFolder
  let tasks: [String]

  static let sampleCount = 4

  func inputURL(_ sample: Int) -> URL { url(sample, "input") }
  func truthURL(_ sample: Int, _ task: String) -> URL { url(sample, "\(task)-truth") }
  func predictionURL(_ sample: Int, _ task: String) -> URL { url(sample, task) }

  private func url(_ sample: Int, _ what: String) -> URL {
    folder.predictions.appendingPathComponent("\(sample)-\(what).png")
  }

  /// The samples of which there are drawings.
  var samples: [Int] {
    (0..<Self.sampleCount).filter { FileManager.default.fileExists(atPath: inputURL($0).path) }
  }

  /// Draws the samples with the predictions of a network.
  static func write(_ network: MultitaskNetwork, _ setup: DataSetup, to folder: RunFolder) throws {
    let gallery = Gallery(folder: folder, tasks: network.tasks)
    for position in 0..<min(sampleCount, setup.validation.count) {
      var generator = SeededGenerator(seed: 0)
      let raw = try setup.validation.sample(at: position)
      let prepared = setup.evaluationTransforms.reduce(raw) { $1($0, using: &generator) }
      try raw.image.picture.write(to: gallery.inputURL(position))
      let batch = Batch([prepared], tasks: []).to(network.store.device)
      let outputs = withoutGradients { network(batch.images, .evaluation) }
      for (task, output) in zip(setup.bindings, outputs) {
        try task.drawing(target: prepared.target(of: task.name)).write(to: gallery.truthURL(position, task.name))
        try task.drawing(prediction: output[0]).write(to: gallery.predictionURL(position, task.name))
      }
    }
  }
}
