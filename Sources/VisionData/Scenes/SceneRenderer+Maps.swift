import Foundation

/// The maps that are computed from what is in front at each pixel: edges, and the tasks in the manner of Taskonomy.
extension SceneRenderer {
  /// Returns the pixels at which something else begins to the right or below: another body, or a fold. Bodies are
  /// convex, so that depth does not jump within one.
  func edges(_ front: Front) -> [UInt8] {
    boundaries { a, b in
      front.body[a] != front.body[b] || front.kind[a] != front.kind[b]
        || front.normal[a].dot(front.normal[b]) < 0.8
    }
  }

  /// Returns the pixels to the right of which or below which depth jumps by more than 2 %.
  func occlusionEdges(_ front: Front) -> [UInt8] {
    boundaries { a, b in
      front.body[a] != front.body[b]
        && abs(front.depth[a] - front.depth[b]) > 0.02 * min(front.depth[a], front.depth[b])
    }
  }

  private func boundaries(_ differ: (Int, Int) -> Bool) -> [UInt8] {
    var edges = [UInt8](repeating: 0, count: height * width)
    for row in 0..<height {
      for column in 0..<width {
        let index = row * width + column
        let right = column + 1 < width && differ(index, index + 1)
        let below = row + 1 < height && differ(index, index + width)
        edges[index] = right || below ? 1 : 0
      }
    }
    return edges
  }

  func distance(_ front: Front) -> [Float] {
    (0..<(height * width)).map { front.depth[$0] * direction(at: $0).length }
  }

  func curvature(_ front: Front) -> [Float] {
    (0..<2).flatMap { axis in front.curvature.map { $0[axis] * Scene.sharpestRadius } }
  }

  func reshading(_ front: Front) -> [Float] {
    (0..<(height * width)).map { index in
      min(1, max(0, -front.normal[index].dot(direction(at: index).normalized)))
    }
  }

  /// Returns Gaussians around the keypoints that can be seen, with a deviation of a 64th of the longer side.
  func keypoints(_ front: Front) -> [Float] {
    var map = [Float](repeating: 0, count: height * width)
    let width = Float(max(self.height, self.width)) / 64
    for point in layout.objects.flatMap(\.solid.keypoints) {
      let local = layout.camera.frame.undo(point - layout.camera.position)
      let column = local.x / local.z * focalLength + Float(self.width) / 2 - 0.5
      let row = local.y / local.z * focalLength + Float(self.height) / 2 - 0.5
      guard isVisible(depth: local.z, row: row, column: column, front) else { continue }
      let (rows, columns) = (reach(row, 4 * width, height), reach(column, 4 * width, self.width))
      for y in rows {
        for x in columns {
          let (dy, dx) = ((Float(y) - row) / width, (Float(x) - column) / width)
          let index = y * self.width + x
          map[index] = max(map[index], exp(-(dx * dx + dy * dy) / 2))
        }
      }
    }
    return map
  }

  /// Whether something at this depth is in front at the place or beside it: a corner lies on its body's outline.
  private func isVisible(depth: Float, row: Float, column: Float, _ front: Front) -> Bool {
    let tolerance: Float = 0.01
    return reach(row, 1, height).contains { y in
      reach(column, 1, width).contains { x in abs(front.depth[y * width + x] - depth) < tolerance }
    }
  }

  /// The whole numbers of `0..<size` that are at most a radius from a center.
  private func reach(_ center: Float, _ radius: Float, _ size: Int) -> Range<Int> {
    let first = max(0, min(Float(size), (center - radius).rounded(.up)))
    let last = max(first, min(Float(size), (center + radius).rounded(.down) + 1))
    return Int(first)..<Int(last)
  }

  private func direction(at index: Int) -> Vector3 { direction(row: index / width, column: index % width) }
}
