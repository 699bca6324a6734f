extension Scenes {
  /// All tasks that scenes have ground truth for.
  public static let allTasks: [VisionTask] = [
    VisionTask("segmentation", .segmentation(classes: Kind.allCases.map(\.name))),
    VisionTask("depth", .depth),
    VisionTask("normals", .normals),
    VisionTask("edges", .edges),
    VisionTask("saliency", .saliency),
    VisionTask("parts", .segmentation(classes: parts)),
    VisionTask("distance", .depth),
    VisionTask("curvature", .quantities(count: 2)),
    VisionTask("reshading", .quantities(count: 1)),
    VisionTask("keypoints", .quantities(count: 1)),
    VisionTask("occlusion-edges", .edges),
    VisionTask("holds-sphere", .attributes(names: ["holds-sphere"])),
    VisionTask("top-uncovered", .attributes(names: ["top-uncovered"])),
    VisionTask("more-than-six", .attributes(names: ["more-than-six"])),
    VisionTask("objects", .objects(classes: objectKinds.map(\.name))),
  ]
}

extension Scene {
  /// Returns the ground truth of one of ``Scenes/allTasks``; another task stops the process.
  public func target(_ task: VisionTask) -> Target {
    switch task.name {
    case "segmentation", "parts": map(task, task.name == "parts" ? parts : classes)
    case "edges": map(task, edges)
    case "saliency": map(task, saliency)
    case "depth": map(task, depth)
    case "normals": map(task, normals)
    case "distance": map(task, distance)
    case "curvature": map(task, curvature)
    case "reshading": map(task, reshading)
    case "keypoints": map(task, keypoints)
    case "occlusion-edges": map(task, occlusionEdges)
    case "holds-sphere": .attributes([objects.contains { $0.kind == .sphere }])
    case "top-uncovered": .attributes([isTopUncovered])
    case "more-than-six": .attributes([objects.count > 6])
    case "objects": .objects(objectAnnotations)
    default: fatalError("scenes have no task '\(task.name)'")
    }
  }

  private func map(_ task: VisionTask, _ values: [Float]) -> Target {
    guard let content = task.kind.format.content else {
      fatalError("the scenes' task '\(task.name)' is a map, and of no other kind")
    }
    return .map(
      DenseMap(
        content,
        PixelMap(channels: values.count / (height * width), height: height, width: width, values: values)))
  }

  private func map(_ task: VisionTask, _ labels: [UInt8]) -> Target { map(task, labels.map { Float($0) }) }

  /// The fraction below which an object counts as uncovered.
  static let uncoveredFraction = 0.02

  /// Whether nothing covers the object whose center is highest; false if no object is seen.
  private var isTopUncovered: Bool {
    objects.max { $0.elevation < $1.elevation }.map { $0.occlusion < Self.uncoveredFraction } ?? false
  }

  private var objectAnnotations: [ObjectAnnotation] {
    objects.compactMap { object in
      ObjectAnnotation(
        label: Scenes.objectKinds.firstIndex(of: object.kind)!, visibleMask: object.visibleMask,
        amodalMask: object.amodalMask)
    }
  }
}
