/// An image with depth, and with objects that may cover each other.
protocol ObjectScene: Sendable {
  /// Reads the colors.
  func image(_ files: PixelFiles) throws -> PixelMap
  /// Reads the depth in meters.
  ///
  /// - Throws: `FileError` for a file that is missing, damaged or of another size.
  func depth(like size: ImageSize, _ files: PixelFiles) throws -> DenseMap
  /// Reads the objects.
  ///
  /// - Throws: `FileError` for a file that is missing, damaged or of another size.
  func objects(like size: ImageSize, _ files: PixelFiles) throws -> [ObjectAnnotation]
}

extension ObjectScene {
  /// Reads a sample.
  ///
  /// - Parameters:
  ///   - tasks: the tasks whose ground truth is read: objects and depth.
  ///   - channels: what the image's channels are.
  ///   - files: what reads the files.
  func sample(tasks: [VisionTask], _ channels: ImageChannels, _ files: PixelFiles) throws -> Sample {
    var image = try image(files)
    let size = ImageSize(image)
    let needsDepth = channels.depthChannel != nil || tasks.contains { $0.kind == .depth }
    let depth = needsDepth ? try depth(like: size, files) : nil
    if channels.depthChannel != nil, let depth { image = image.appending(depth.values) }
    var targets: [String: Target] = [:]
    for task in tasks {
      targets[task.name] = if task.kind == .depth { .map(depth!) } else { .objects(try objects(like: size, files)) }
    }
    return Sample(image: image, depthChannel: channels.depthChannel, targets: targets)
  }
}
