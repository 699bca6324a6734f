import Support
import VisionData

/// A data set: stripes of two colors, which nothing but a seed describes. Its tasks are which color a pixel has, and how far
/// away it is, which half of the samples do not say.
public struct Stripes: SampleSource {
  public let count: Int
  public let seed: UInt64
  public let height: Int
  public let width: Int
  public let tasks: [VisionTask]

  public static let allTasks = [
    VisionTask("color", .segmentation(classes: ["dark", "bright"])), VisionTask("distance", .depth),
  ]

  public func sample(at position: Int) -> Sample {
    var generator = SeededGenerator(keys: seed, UInt64(position))
    let period = Int.random(in: 4...12, using: &generator)
    let classes = (0..<(height * width)).map { $0 % width / period % 2 }
    let image = PixelMap(
      channels: 3, height: height, width: width,
      values: (0..<3).flatMap { _ in classes.map { Float($0) * 0.6 + .random(in: 0...0.4, using: &generator) } })
    let color = PixelMap(channels: 1, height: height, width: width, values: classes.map { Float($0) })
    let distance = PixelMap(
      channels: 1, height: height, width: width, values: classes.map { 1 + Float($0) * Float(period) / 12 })
    let targets: [String: Target] = [
      "color": .map(DenseMap(.classes, color)),
      "distance": position % 2 == 0
        ? .map(DenseMap(.distances, distance))
        : .map(DenseMap(unknown: .distances, channels: 1, height: height, width: width)),
    ]
    return Sample(image: image, targets: targets.filter { target in tasks.contains { $0.name == target.key } })
  }

  public static let reader = DatasetReader(
    name: "stripes", summary: "stripes of two colors", citation: "an example", license: "that of this software",
    splits: ["training", "validation"], needsFolder: false, recognizes: { _ in false }, tasks: { _ in allTasks },
    open: { request in
      func stripes(_ seed: UInt64, _ count: Int) -> Stripes {
        Stripes(
          count: count, seed: seed, height: request.height, width: request.width,
          tasks: allTasks.filter { request.tasks.contains($0.name) })
      }
      return Dataset(
        tasks: allTasks, training: stripes(request.seed, request.trainingCount),
        validation: stripes(request.seed &+ 1, request.validationCount))
    })
}
