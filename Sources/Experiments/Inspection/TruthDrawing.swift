import VisionData

/// Drawings of ground truth of every kind, for contact sheets: ranges are those of the sample.
enum TruthDrawing {
  /// Draws the ground truth of a sample.
  ///
  /// - Parameters:
  ///   - task: the task.
  ///   - sample: the sample, with an image of colors from 0 to 1.
  static func picture(of task: VisionTask, _ sample: Sample) -> Picture {
    switch sample.target(of: task.name) {
    case .objects(let objects): picture(of: objects, over: sample.image)
    case .map(let map) where [.distances, .inverseDistances, .quantities].contains(map.content): levels(of: map)
    case let target: TaskBinding(task, LossChoice())!.drawing(target: target)
    }
  }

  /// Each object in a color; where it is covered, in a darker one, and where there is none, the image in gray.
  private static func picture(of objects: [ObjectAnnotation], over image: PixelMap) -> Picture {
    let count = image.height * image.width
    var pixels = (0..<count).map { index -> [UInt8] in
      Drawing.gray((0..<3).reduce(0) { $0 + image.values[min($1, image.channels - 1) * count + index] } / 6)
    }
    for (number, object) in objects.enumerated() {
      let color = Drawing.color(of: number + 2)
      let (whole, visible) = (object.amodalMask.pixels, object.visibleMask.pixels)
      for index in 0..<count where whole[index] {
        pixels[index] = visible[index] ? color : zip(pixels[index], color).map { $0 / 2 + $1 / 4 }
      }
    }
    return Picture(width: image.width, height: image.height, channels: 3, samples: .bits8(pixels.flatMap { $0 }))
  }

  /// Gray levels from the smallest to the largest known value; red where nothing is known.
  private static func levels(of map: DenseMap) -> Picture {
    let count = map.height * map.width
    let known = (0..<count).filter { map.isKnown(pixel: $0) }.map { map.values.values[$0] }
    let (low, high) = (known.min() ?? 0, known.max() ?? 1)
    return Drawing.picture(map.values) { index, _ in
      guard map.isKnown(pixel: index) else { return [120, 0, 0] }
      return Drawing.gray(high > low ? (map.values.values[index] - low) / (high - low) : 0.5)
    }
  }
}
