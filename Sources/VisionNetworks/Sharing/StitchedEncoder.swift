import NeuralNetworks
import Support
import Torch

/// An encoder for each task, between which maps are exchanged behind some steps.
struct StitchedEncoder: Encoder {
  private let tasks: [String]
  /// The encoder of each task.
  private let columns: [any SteppedEncoder]
  /// For each task the steps of its encoder.
  private let steps: [[EncoderStep]]
  /// For each step what mixes each of its maps; nil for a step behind which nothing is exchanged.
  private let exchanges: [[any MapExchange]?]

  /// Registers an encoder for each task at `path.TASK`, and what mixes their maps.
  ///
  /// - Parameter makeExchange: registers what mixes maps of some channels; the name is that of the step, with the number of
  ///   the map if it has several.
  init(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String], places: ExchangePlaces,
    makeExchange: (_ name: String, _ channels: Int) -> any MapExchange
  ) {
    self.tasks = tasks
    let columns = tasks.map { entry.make(path[$0], request).stepped }
    self.columns = columns
    let steps = columns.map(\.steps)
    self.steps = steps
    exchanges = steps[0].enumerated().map { index, step in
      guard places.contain(index, of: steps[0]) else { return nil }
      return step.channels.enumerated().map { map, channels in
        makeExchange(step.channels.count == 1 ? step.name : "\(step.name)_\(map)", channels)
      }
    }
  }

  /// The encoder with the optimizer group of what mixes maps; the encoder of the first task loads pretrained weights for
  /// all.
  func shared(optimizing group: OptimizerGroup) -> SharedEncoder {
    SharedEncoder(self, plain: columns[0], optimizerGroups: [group], origin: Self.origin)
  }

  var featureChannels: [Int] { columns[0].featureChannels }
  var featureStrides: [Int] { columns[0].featureStrides }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    require(
      context.tasks == tasks, "the tasks \(tasks) exchange maps, so that features of \(context.tasks) need all of them")
    var maps = tasks.map { _ in StepMaps([Streams(images)]) }
    var outputs = tasks.map { _ in [StepMaps]() }
    for (index, exchange) in exchanges.enumerated() {
      for task in tasks.indices { maps[task] = steps[task][index](maps[task], context.for(task: tasks[task])) }
      if let exchange { Self.exchange(&maps, exchange, context) }
      for task in tasks.indices { outputs[task].append(maps[task]) }
    }
    let features = tasks.indices.map { task in
      columns[task].features(ofSteps: outputs[task], context.for(task: tasks[task])).map { $0.shared! }
    }
    return features[0].indices.map { map in Streams(apart: features.map { $0[map] }) }
  }

  private static func exchange(_ maps: inout [StepMaps], _ exchange: [any MapExchange], _ context: ForwardContext) {
    for (map, unit) in exchange.enumerated() {
      let mixed = unit(maps.map { $0.maps[map].shared! }, context)
      for task in maps.indices { maps[task].maps[map] = Streams(mixed[task]) }
    }
  }

  /// Every task's encoder starts from a plain one, or from that of the task's own network.
  @Sendable private static func origin(_ name: String) -> EntryOrigin? {
    guard let dot = name.firstIndex(of: ".") else { return nil }
    return EntryOrigin(String(name[name.index(after: dot)...]), task: String(name[..<dot]))
  }
}
