import VisionData

// What happens to samples on their way into training.
extension Configuration.Data {
  /// Whether training images are cropped.
  var hasCrop: Bool { cropHeight > 0 }

  private var changesScale: Bool { scale != [1, 1] || !scales.isEmpty }

  /// Finds changes that contradict each other.
  ///
  /// - Throws: ``ConfigurationError``.
  func checkChanges() throws {
    guard scale.count == 2, scale[0] <= scale[1] else {
      throw ConfigurationError("data.scale is \(scale), but has to be [smallest, largest]")
    }
    guard scale == [1, 1] || scales.isEmpty else {
      throw ConfigurationError("data.scale and data.scales contradict each other: factors are of a range, or of a list")
    }
    guard rotation.count == 2, rotation[0] <= rotation[1] else {
      throw ConfigurationError("data.rotation is \(rotation), but has to be [smallest, largest], in degrees")
    }
    guard (cropHeight > 0) == (cropWidth > 0) else {
      throw ConfigurationError("data.cropHeight and data.cropWidth contradict each other: both are 0, or neither")
    }
    guard hasCrop || !changesScale || scaleRule != .grow else {
      throw ConfigurationError(
        "data.scale changes the pictures' sizes, so that data.cropHeight and data.cropWidth are needed, or a data.scaleRule that keeps the size"
      )
    }
    guard hasCrop || categoryLimit == 1 else {
      throw ConfigurationError("data.categoryLimit is about crops: data.cropHeight and data.cropWidth are needed")
    }
  }

  /// The size of the images that a network is trained on, in pixels: that of crops, or of whole samples.
  var trainingSize: (height: Int, width: Int) { hasCrop ? (cropHeight, cropWidth) : (height, width) }

  /// The random changes of a sample, in their order.
  ///
  /// - Throws: ``ConfigurationError`` for a limit of classes without a task of classes.
  func augmentations(_ tasks: [VisionTask]) throws -> [any Transform] {
    var transforms: [any Transform] = fit == .resize ? [Rescale(height: height, width: width)] : []
    if rotation != [0, 0] { transforms.append(RandomRotation(degrees: Float(rotation[0])...Float(rotation[1]))) }
    if changesScale { transforms.append(scaling) }
    if hasCrop {
      transforms.append(
        RandomCrop(height: cropHeight, width: cropWidth, limit: try limit(tasks), isFilled: fit == .resize))
    }
    if flip { transforms.append(RandomFlip()) }
    if jitter > 0 { transforms.append(ColorJitter(strength: Float(jitter))) }
    if photometric { transforms.append(PhotometricDistortion()) }
    return transforms
  }

  private var scaling: any Transform {
    let factors: ScaleFactors =
      scales.isEmpty ? .range(Float(scale[0])...Float(scale[1])) : .list(scales.map { Float($0) })
    return switch scaleRule {
    case .grow: RandomScale(factors)
    case .center: RandomZoom(factors, at: .center)
    case .random: RandomZoom(factors, at: .random)
    }
  }

  private func limit(_ tasks: [VisionTask]) throws -> (task: String, fraction: Double)? {
    guard categoryLimit < 1 else { return nil }
    guard let task = tasks.first(where: { $0.kind.pixelClasses != nil }) else {
      throw ConfigurationError("data.categoryLimit is about classes, but no task of the run has classes for pixels")
    }
    return (task.name, categoryLimit)
  }
}
