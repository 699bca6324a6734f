import Experiments
import Foundation
import Support
import VisionData

/// Configurations: parsed, checked, written and parsed again.
struct ConfigurationSubject: Subject {
  static let name = "configurations"

  static let corpus = [
    """
    run: {seed: 3, device: cpu, threads: 2, precision: float32}
    data:
      tasks: [segmentation, depth]   # in this order
      height: 64
      width: 96
      scale: [0.5, 1.5]
      cropHeight: 32
      cropWidth: 64
    network:
      encoder: vit-tiny
      dropPath: 0.1
    """,
    """
    method:
      weighting: {name: manual, weights: {segmentation: 1, depth: 2, normals: 1, edges: 50, saliency: 5}}
      aggregator: {name: cagrad, c: 0.4}
      schedule: joint
      level: features
    optimizer: {name: sgd, learningRate: 1e-3, momentum: 0.9, milestones: [0.5, 0.75], warmUpSteps: 10}
    training: {steps: 400, batchSize: 8, accumulation: 1, evaluateEvery: 100, checkpointEvery: 100}
    """,
    """
    method:
      schedule: {name: selective-groups, strategy: random, count: 2, decay: 0.1}
      adaptation: {name: dtme, modulated: 0.5}
    network: {encoder: vit_micro, decoder: multi-scale, weights: null}
    diagnostics: {every: 0, level: parameters}
    """,
    """
    base: &base {height: 32, width: 32}
    data: *base
    method: {schedule: {name: connection-strength, epoch: 10}}
    network: {encoder: resnet18, normalization: task}
    """,
  ].map { Array($0.utf8) }

  private let damage = TextDamage.yaml(corpus)

  init(in folder: URL) throws {}

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    damage(Self.corpus.randomElement(using: &generator)!, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let configuration = try Configuration(yaml: String(decoding: input, as: UTF8.self))
    let copy = try Configuration(yaml: configuration.yaml)
    // Compared as texts: a number that is not one, which the check refuses, equals not even itself.
    guard copy.yaml == configuration.yaml else { throw Violation("what is written is not what was read") }
    try configuration.check(availableTasks: Scenes.allTasks)
    _ = try ResolvedConfiguration(configuration)
  }
}

/// Studies.
struct StudySubject: Subject {
  static let name = "studies"

  private static let corpus = [
    """
    seeds: [1, 2, 3]
    baselines: true
    keepCheckpoints: false
    configuration: {training: {steps: 500}, data: {tasks: [depth, normals]}}
    methods:
      GD: equal
      CAGrad: {aggregator: {name: cagrad, c: 0.4}}
      Fast GD: {set: {optimizer.learningRate: 0.01, training.batchSize: 4}}
    """,
    """
    seeds: [7]
    methods: [equal, uw+pcgrad, selective-groups]
    """,
  ].map { Array($0.utf8) }

  private let file: URL
  private let damage = TextDamage.yaml(corpus + ConfigurationSubject.corpus)

  init(in folder: URL) throws { file = folder.appendingPathComponent("study.yaml") }

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    damage(Self.corpus.randomElement(using: &generator)!, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    try input.write(to: file)
    let study = try Study(contentsOf: file)
    let names = study.runs.map(\.name)
    guard Set(names).count == names.count, names.allSatisfy({ !$0.contains("/") && !$0.hasPrefix(".") }) else {
      throw Violation("runs would be written to \(names.prefix(20))")
    }
  }
}
