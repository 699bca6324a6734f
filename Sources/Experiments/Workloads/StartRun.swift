import Foundation
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// An earlier run from which a network starts: its encoder, whose layers all its tasks share, and its decoders.
struct StartRun {
  let folder: RunFolder
  let tasks: [String]
  let decoder: MethodChoice
  /// The entries of the encoder, named as in a plain one, with the grid of its positions.
  let encoder: SafetensorsFile
  /// The entries of the whole network.
  let network: SafetensorsFile

  /// - Parameters:
  ///   - path: the folder of the run, of which the best checkpoint counts.
  ///   - entry: the encoder that starts from it.
  ///   - channels: the channels of the images that it sees.
  ///   - field: the configuration's field that names the run, for errors.
  /// - Throws: `FileError` where there is no run; ``ConfigurationError`` for a run of another encoder, or of one that
  ///   the run's tasks do not share.
  init(_ path: String, of entry: EncoderEntry, channels: ImageChannels, field: String) throws {
    folder = RunFolder(URL(fileURLWithPath: path))
    let configuration = try Configuration(of: folder)
    let choices = configuration.network
    tasks = configuration.data.tasks
    decoder = choices.decoder
    let own = try EncoderRegistry.shared.require(choices.encoder)
    guard own.name == entry.name else {
      throw ConfigurationError(
        "\(field) names \(path), a run of the encoder \(own.name), but network.encoder is \(entry.name): both have to be the same"
      )
    }
    guard configuration.data.channels == channels else {
      throw ConfigurationError(
        "\(field) names \(path), a run with data.channels \(configuration.data.channels.rawValue), but data.channels is \(channels.rawValue): both have to be the same"
      )
    }
    let sharing = try SharingRegistry.shared.require(choices.sharing.name).make(choices.sharing.settings, tasks: tasks)
    guard !sharing.partsStreams else {
      throw ConfigurationError(
        "\(field) names \(path), a run with network.sharing \(choices.sharing.name), in which tasks have parts of their own: a run that shares hard is needed, such as a single-task network"
      )
    }
    let checkpoint = try Checkpoint.load(Checkpoint.exists(.best, in: folder) ? .best : .last, in: folder)
    network = try checkpoint.network(in: folder)
    let size = configuration.data.trainingSize
    let side = own.traits.sizeMultiple
    // The size multiple of a transformer is the side of its patches.
    let grid = own.traits.has(.tokens) ? ["grid": "\(size.height / side)x\(size.width / side)"] : [:]
    encoder = network.part(MultitaskNetwork.encoderPrefix, metadata: grid)
  }
}

extension StartRun {
  /// Whether decoders of the run have the entries of another one.
  fileprivate func givesDecoders(to other: DecoderEntry) -> Bool { decoder.name == other.name }
}

/// The earlier runs from which a network starts: one for everything, or one for each task.
struct NetworkStart {
  private let runs: [StartRun]

  /// - Parameters:
  ///   - paths: the folders of the runs, at least one.
  ///   - tasks: the tasks of the network.
  ///   - entry: the encoder of the network.
  ///   - channels: the channels of its images.
  /// - Throws: ``ConfigurationError`` for runs of other tasks or another encoder.
  init(_ paths: [String], tasks: [String], encoder entry: EncoderEntry, channels: ImageChannels) throws {
    runs = try paths.map { try StartRun($0, of: entry, channels: channels, field: "network.start") }
    for run in runs {
      guard let foreign = run.tasks.first(where: { !tasks.contains($0) }) else { continue }
      throw ConfigurationError(
        "network.start names \(run.folder.url.path), which has learned '\(foreign)', but data.tasks is [\(tasks.joined(separator: ", "))]"
      )
    }
    guard runs.count > 1 else { return }
    for task in tasks {
      let count = runs.count { $0.tasks.contains(task) }
      guard count != 1 else { continue }
      throw ConfigurationError(
        "network.start has to name one run for everything, or for each task the one that has learned it: \(count) of these \(runs.count) have learned '\(task)'"
      )
    }
  }

  /// Says for which tasks no run gives a decoder, as none has learned them, or with another one; nil if all have theirs.
  func note(_ decoder: DecoderEntry, tasks: [String]) -> String? {
    let given = runs.filter { $0.givesDecoders(to: decoder) }.flatMap(\.tasks)
    let others = tasks.filter { !given.contains($0) }
    guard !others.isEmpty else { return nil }
    return
      "network.start: the decoders of \(others.joined(separator: ", ")) start from random values, as no run has learned them with network.decoder \(decoder.name)"
  }

  /// Gives a network what the runs have learned: the parts of a task what its run has, and the parts of all tasks what
  /// the first run has, unless pretrained weights are theirs already.
  ///
  /// - Parameter hasWeights: whether the network has pretrained weights.
  /// - Throws: ``ConfigurationError`` if there are several runs, but all tasks share the encoder; `LoadError` or
  ///   `FileError` for entries that do not fit.
  func load(into network: MultitaskNetwork, hasWeights: Bool) throws {
    let parted = network.tasksWithOwnParts
    guard runs.count == 1 || !parted.isEmpty else {
      throw ConfigurationError(
        "network.start names \(runs.count) runs, but with this network.sharing no task has a part of the encoder that could start from its own: name one run"
      )
    }
    for (index, run) in runs.enumerated() {
      let loadsCommon = index == 0 && !(hasWeights && !parted.isEmpty)
      let own = Set(runs.count == 1 ? network.tasks : run.tasks)
      try network.loadEncoder(run.encoder) { $0.task.map(own.contains) ?? loadsCommon }
      if run.givesDecoders(to: network.plan.decoder) {
        try network.loadDecoders(run.network, of: Set(run.tasks))
      }
    }
  }
}
