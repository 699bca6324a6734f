import NeuralNetworks
import Support
import Torch

/// Puts samples into a batch one after another, so that no more than one of them is in memory beside the batch.
struct BatchBuilder {
  private let tasks: [VisionTask]
  private let capacity: Int
  private var count = 0
  private var size: (channels: Int, height: Int, width: Int) = (0, 0, 0)
  private var images: [Float] = []
  private var maps: [String: MapLabels] = [:]
  private var attributes: [String: [[Bool?]]] = [:]
  private var probabilities: [String: [[Float]?]] = [:]
  private var objects: [String: [[ObjectAnnotation]]] = [:]

  /// - Parameters:
  ///   - tasks: the tasks whose ground truth is wanted; all samples have to have it.
  ///   - capacity: the number of samples that will follow.
  init(tasks: [VisionTask], capacity: Int) {
    self.tasks = tasks
    self.capacity = capacity
  }

  /// Adds a sample, which has to be of the size of the others.
  mutating func add(_ sample: Sample) {
    let image = sample.image
    if count == 0 {
      size = (image.channels, image.height, image.width)
      images.reserveCapacity(capacity * image.values.count)
    }
    require(
      size == (image.channels, image.height, image.width),
      "an image of \(image.channels)×\(image.height)×\(image.width) in a batch of \(size.channels)×\(size.height)×\(size.width)"
    )
    images += image.values
    for task in tasks {
      switch sample.target(of: task.name) {
      case .map(let map): maps[task.name, default: MapLabels(like: map, capacity: capacity)].add(map)
      case .attributes(let labels): attributes[task.name, default: []].append(labels)
      case .probabilities(let numbers): probabilities[task.name, default: []].append(numbers)
      case .objects(let annotations): objects[task.name, default: []].append(annotations)
      }
    }
    count += 1
  }

  /// Hands over the batch of all samples, of which there has to be one at least. Nothing is left here.
  mutating func takeBatch() -> Batch {
    var targets = attributes.mapValues { Labels($0) }
    for (task, numbers) in probabilities { targets[task] = Labels(numbers, count: channels(of: task)) }
    for task in maps.keys { targets[task] = maps[task]!.takeLabels() }
    let batch = Batch(
      images: Tensor(Self.taken(&images), shape: [count, size.channels, size.height, size.width]), targets: targets,
      objects: objects)
    self = BatchBuilder(tasks: tasks, capacity: capacity)
    return batch
  }

  private func channels(of name: String) -> Int { tasks.first { $0.name == name }!.channels }

  /// The elements of an array, which is empty afterwards: a tensor takes memory over that has no other owner.
  fileprivate static func taken<Element>(_ array: inout [Element]) -> [Element] {
    var own: [Element] = []
    swap(&own, &array)
    return own
  }
}

/// The labels of several images in a task of pixels.
private struct MapLabels {
  private let isClass: Bool
  private let size: (channels: Int, height: Int, width: Int)
  private let maskChannels: Int
  private let capacity: Int
  private var count = 0
  private var classes: [Int64] = []
  private var values: [Float] = []
  /// Empty as long as everything is known.
  private var known: [Bool] = []

  init(like map: DenseMap, capacity: Int) {
    isClass = map.content == .classes
    size = (map.channels, map.height, map.width)
    maskChannels = map.content.maskChannels(of: map.channels)
    self.capacity = capacity
    if isClass {
      classes.reserveCapacity(capacity * map.values.values.count)
    } else {
      values.reserveCapacity(capacity * map.values.values.count)
    }
  }

  private var maskCount: Int { maskChannels * size.height * size.width }

  mutating func add(_ map: DenseMap) {
    require(
      size == (map.channels, map.height, map.width),
      "a target of \(map.channels)×\(map.height)×\(map.width) in a batch of \(size.channels)×\(size.height)×\(size.width)"
    )
    if isClass {
      map.values.values.withUnsafeBufferPointer { labels in classes.append(contentsOf: labels.lazy.map { Int64($0) }) }
    } else {
      values += map.values.values
    }
    if let mask = map.known {
      if known.isEmpty {
        known.reserveCapacity(capacity * maskCount)
        known.append(contentsOf: repeatElement(true, count: count * maskCount))
      }
      known += mask.values
    } else if !known.isEmpty {
      known.append(contentsOf: repeatElement(true, count: maskCount))
    }
    count += 1
  }

  mutating func takeLabels() -> Labels {
    let shapes = [size.channels, maskChannels].map { channels in
      isClass ? [count, size.height, size.width] : [count, channels, size.height, size.width]
    }
    let numbers =
      isClass
      ? Tensor(BatchBuilder.taken(&classes), shape: shapes[0]) : Tensor(BatchBuilder.taken(&values), shape: shapes[0])
    return Labels(
      numbers, known: known.isEmpty ? nil : Tensor(BatchBuilder.taken(&known), shape: shapes[1]))
  }
}
