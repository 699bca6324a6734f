import Torch

/// Several samples as tensors.
public struct Batch: Sendable {
  /// batch × 3 × height × width.
  public let images: Tensor
  /// By task. Segmentation: batch × height × width, `int64`; everything else: batch × channels × height × width.
  public let targets: [String: Tensor]

  public init(images: Tensor, targets: [String: Tensor]) {
    self.images = images
    self.targets = targets
  }

  /// - Parameter samples: all of one size.
  public init(_ samples: [Sample], tasks: [VisionTask]) {
    images = Self.stack(samples.map(\.image))
    targets = Dictionary(
      uniqueKeysWithValues: tasks.map { task in
        let maps = samples.map { $0.targets[task.name]! }
        if case .segmentation = task.kind { return (task.name, Self.labels(maps)) }
        return (task.name, Self.stack(maps))
      })
  }

  public var count: Int { images.shape[0] }

  public func to(_ device: Device) -> Batch {
    Batch(images: images.to(device), targets: targets.mapValues { $0.to(device) })
  }

  private static func stack(_ maps: [PixelMap]) -> Tensor {
    let first = maps[0]
    var values: [Float] = []
    values.reserveCapacity(maps.count * first.values.count)
    for map in maps { values += map.values }
    return Tensor(values, shape: [maps.count, first.channels, first.height, first.width])
  }

  private static func labels(_ maps: [PixelMap]) -> Tensor {
    var values: [Int64] = []
    values.reserveCapacity(maps.count * maps[0].values.count)
    for map in maps { values += map.values.lazy.map { Int64($0) } }
    return Tensor(values, shape: [maps.count, maps[0].height, maps[0].width])
  }
}
