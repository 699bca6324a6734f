/// A renderer that casts one ray per pixel at everything in a layout.
struct SceneRenderer {
  let layout: SceneLayout
  let height: Int
  let width: Int

  /// The surface that is in front at every pixel so far.
  struct Front {
    var depth: [Float]
    var normal: [Vector3]
    var color: [Vector3]
    var kind: [Scenes.Kind]
    var part: [UInt8]
    /// Both principal curvatures, in one per meter.
    var curvature: [SIMD2<Float>]
    /// One more than the object's position, or zero where there is no object.
    var instance: [UInt8]
    /// Zero for the ground, otherwise a number for each wall and object.
    var body: [UInt8]

    init(count: Int) {
      depth = [Float](repeating: .infinity, count: count)
      normal = [Vector3](repeating: .zero, count: count)
      color = normal
      kind = [Scenes.Kind](repeating: .table, count: count)
      part = [UInt8](repeating: 0, count: count)
      curvature = [SIMD2<Float>](repeating: .zero, count: count)
      instance = part
      body = part
    }
  }

  func render(using generator: inout some RandomNumberGenerator) -> Scene {
    var front = Front(count: height * width)
    drawGround(&front)
    let wallCount = UInt8(layout.walls.count)
    for (index, wall) in layout.walls.enumerated() { _ = draw(wall, instance: 0, body: UInt8(index + 1), &front) }
    let amodal = layout.objects.enumerated().map { index, object in
      draw(object, instance: UInt8(index + 1), body: wallCount + UInt8(index + 1), &front)
    }
    return finish(front, amodal: amodal, using: &generator)
  }

  var focalLength: Float { layout.camera.relativeFocalLength * Float(max(height, width)) }

  /// The ray through a pixel's center; one unit of it is one meter along the camera's axis.
  func direction(row: Int, column: Int) -> Vector3 {
    let x = (Float(column) + 0.5 - Float(width) / 2) / focalLength
    let y = (Float(row) + 0.5 - Float(height) / 2) / focalLength
    return layout.camera.frame.apply([x, y, 1])
  }

  /// Draws the table, and the floor of the bin, both at z = 0.
  private func drawGround(_ front: inout Front) {
    let origin = layout.camera.position
    for row in 0..<height {
      for column in 0..<width {
        let direction = direction(row: row, column: column)
        let distance = -origin.z / direction.z
        let point = origin + direction * distance
        let isInside = abs(point.x) < layout.binHalfSize.x && abs(point.y) < layout.binHalfSize.y
        let index = row * width + column
        front.depth[index] = distance
        front.normal[index] = [0, 0, 1]
        front.color[index] = isInside ? layout.binColor * 0.85 : layout.tableColor
        front.kind[index] = isInside ? .bin : .table
      }
    }
  }

  /// Draws a body where it is in front.
  ///
  /// - Returns: the pixels of the whole body, covered or not.
  private func draw(
    _ body: SceneLayout.Body, instance: UInt8, body number: UInt8, _ front: inout Front
  ) -> [Bool] {
    var mask = [Bool](repeating: false, count: height * width)
    guard let (rows, columns) = extent(of: body.solid) else { return mask }
    let origin = layout.camera.position
    for row in rows {
      for column in columns {
        guard let hit = body.solid.hit(origin: origin, direction: direction(row: row, column: column)) else { continue }
        let index = row * width + column
        mask[index] = true
        guard hit.distance < front.depth[index] else { continue }
        front.depth[index] = hit.distance
        front.normal[index] = hit.normal
        front.color[index] = body.color * (hit.isEnd ? 1 : 0.75)
        front.kind[index] = body.kind
        front.instance[index] = instance
        front.body[index] = number
        front.part[index] = body.kind.part(isEnd: hit.isEnd)
        front.curvature[index] = body.solid.curvature(isEnd: hit.isEnd)
      }
    }
    return mask
  }

  /// Returns the pixels that a body's surrounding ball can reach; nil if it reaches none.
  private func extent(of solid: Solid) -> (rows: Range<Int>, columns: Range<Int>)? {
    let center = layout.camera.frame.undo(solid.center - layout.camera.position)
    let reach = solid.shape.reach
    let near = center.z - reach
    guard near > 0.01 else { return (0..<height, 0..<width) }
    // The ball's nearest depth bounds every slope from outside.
    func range(_ offset: Float, size: Int) -> Range<Int> {
      let low = min((offset - reach) / near, (offset - reach) / (center.z + reach))
      let high = max((offset + reach) / near, (offset + reach) / (center.z + reach))
      let first = Int((low * focalLength + Float(size) / 2).rounded(.down))
      let last = Int((high * focalLength + Float(size) / 2).rounded(.up))
      let start = min(max(0, first), size)
      return start..<max(start, min(size, last + 1))
    }
    let (rows, columns) = (range(center.y, size: height), range(center.x, size: width))
    return rows.isEmpty || columns.isEmpty ? nil : (rows, columns)
  }

  private func finish(
    _ front: Front, amodal: [[Bool]], using generator: inout some RandomNumberGenerator
  ) -> Scene {
    let count = height * width
    var image: [UInt8] = []
    image.reserveCapacity(3 * count)
    var normals = [Float](repeating: 0, count: 3 * count)
    for index in 0..<count {
      let shade = 0.35 + 0.65 * max(0, front.normal[index].dot(layout.light))
      let noise = Float.random(in: -0.02...0.02, using: &generator)
      for channel in 0..<3 {
        let value = front.color[index][channel] * shade + noise
        image.append(UInt8(max(0, min(255, value * 255))))
      }
      let normal = layout.camera.frame.undo(front.normal[index])
      for axis in 0..<3 { normals[axis * count + index] = normal[axis] }
    }
    let objects = objects(front, amodal)
    let isSalient = objects.map { $0.map { $0.occlusion < Scene.uncoveredFraction } ?? false }
    let kept = objects.indices.filter { objects[$0] != nil }
    let position = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    return Scene(
      height: height, width: width, image: image, depth: front.depth, normals: normals,
      classes: front.kind.map(\.rawValue), parts: front.part, edges: edges(front),
      saliency: front.instance.map { $0 > 0 && isSalient[Int($0) - 1] ? 1 : 0 },
      distance: distance(front), curvature: curvature(front), reshading: reshading(front),
      keypoints: keypoints(front), occlusionEdges: occlusionEdges(front),
      instances: front.instance.map { $0 == 0 ? 0 : UInt8(position[Int($0) - 1]! + 1) },
      objects: kept.map { objects[$0]! })
  }

  /// Returns what is known of each object; nil for an object that is outside of the image or wholly covered.
  private func objects(_ front: Front, _ amodal: [[Bool]]) -> [Scene.Object?] {
    amodal.enumerated().map { position, mask in
      let visible = front.instance.map { $0 == UInt8(position + 1) }
      let rows = (0..<height).filter { row in mask[(row * width)..<((row + 1) * width)].contains(true) }
      let columns = (0..<width).filter { column in (0..<height).contains { mask[$0 * width + column] } }
      let visibleMask = RunLengthMask(visible, height: height, width: width)
      let amodalMask = RunLengthMask(mask, height: height, width: width)
      guard visibleMask.area > 0 else { return nil }
      return Scene.Object(
        kind: layout.objects[position].kind,
        box: (columns.first!, rows.first!, columns.last! + 1, rows.last! + 1), visibleMask: visibleMask,
        amodalMask: amodalMask, occlusion: 1 - Double(visibleMask.area) / Double(amodalMask.area),
        elevation: layout.objects[position].solid.center.z)
    }
  }
}

extension Scenes.Kind {
  /// The position in ``Scenes/parts``.
  fileprivate func part(isEnd: Bool) -> UInt8 {
    guard rawValue >= Scenes.Kind.box.rawValue else { return 0 }
    return 1 + 2 * (rawValue - Scenes.Kind.box.rawValue) + (isEnd ? 0 : 1)
  }
}
