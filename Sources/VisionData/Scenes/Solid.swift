/// A body that rays can hit.
struct Solid: Sendable {
  enum Shape: Sendable {
    /// A box, with half of each side.
    case box(Vector3)
    /// A cylinder along z, with its radius and half of its height.
    case cylinder(Float, Float)
    case sphere(Float)
    /// A capsule along z, with its radius and half the height of its straight part.
    case capsule(Float, Float)

    /// The radius of the sphere around the body.
    var reach: Float {
      switch self {
      case .box(let half): half.length
      case .cylinder(let radius, let half): (radius * radius + half * half).squareRoot()
      case .sphere(let radius): radius
      case .capsule(let radius, let half): radius + half
      }
    }
  }

  /// Where a ray meets a body.
  struct Hit {
    /// The distance, in lengths of the ray's direction.
    let distance: Float
    /// The outward normal in the world.
    let normal: Vector3
    /// Whether the body's end (lid, cap, pole) was hit, rather than its side.
    let isEnd: Bool
  }

  let shape: Shape
  let center: Vector3
  let rotation: Rotation

  /// Returns both principal curvatures in one per meter, the larger one first.
  func curvature(isEnd: Bool) -> SIMD2<Float> {
    switch shape {
    case .box: .zero
    case .cylinder(let radius, _): isEnd ? .zero : [1 / radius, 0]
    case .sphere(let radius): [1 / radius, 1 / radius]
    case .capsule(let radius, _): isEnd ? [1 / radius, 1 / radius] : [1 / radius, 0]
    }
  }

  /// The corners, centers of caps, poles or tips, in the world.
  var keypoints: [Vector3] {
    let local: [Vector3] =
      switch shape {
      case .box(let half): (0..<8).map { half * [$0 & 1 == 0 ? 1 : -1, $0 & 2 == 0 ? 1 : -1, $0 & 4 == 0 ? 1 : -1] }
      case .cylinder(_, let half): [[0, 0, half], [0, 0, -half]]
      case .sphere(let radius): [[0, 0, radius], [0, 0, -radius]]
      case .capsule(let radius, let half): [[0, 0, half + radius], [0, 0, -half - radius]]
      }
    return local.map { center + rotation.apply($0) }
  }

  /// Returns the first point of the ray `origin + t · direction`, t > 0, on the body; nil if the ray misses it.
  func hit(origin: Vector3, direction: Vector3) -> Hit? {
    let o = rotation.undo(origin - center)
    let d = rotation.undo(direction)
    let local: (t: Float, normal: Vector3, isEnd: Bool)? =
      switch shape {
      case .box(let half): Self.box(o, d, half)
      case .cylinder(let radius, let half): Self.cylinder(o, d, radius, half)
      case .sphere(let radius):
        Self.sphere(o, d, radius).map { t in
          let normal = (o + d * t).normalized
          return (t, normal, abs(normal.z) > 0.8)
        }
      case .capsule(let radius, let half): Self.capsule(o, d, radius, half)
      }
    guard let local, local.t > 1e-4 else { return nil }
    return Hit(distance: local.t, normal: rotation.apply(local.normal), isEnd: local.isEnd)
  }

  private static func box(_ o: Vector3, _ d: Vector3, _ half: Vector3) -> (Float, Vector3, Bool)? {
    let inverse = 1 / d
    let a = (-half - o) * inverse
    let b = (half - o) * inverse
    let near = pointwiseMin(a, b)
    let far = pointwiseMax(a, b)
    let t = near.max()
    guard t <= far.min(), t > 0 else { return nil }
    let axis = t == near.x ? 0 : t == near.y ? 1 : 2
    var normal = Vector3.zero
    normal[axis] = d[axis] > 0 ? -1 : 1
    return (t, normal, axis == 2)
  }

  private static func sphere(_ o: Vector3, _ d: Vector3, _ radius: Float) -> Float? {
    let a = d.dot(d)
    let b = o.dot(d)
    let root = b * b - a * (o.dot(o) - radius * radius)
    guard root >= 0 else { return nil }
    let t = (-b - root.squareRoot()) / a
    return t > 0 ? t : nil
  }

  private static func cylinder(
    _ o: Vector3, _ d: Vector3, _ radius: Float, _ half: Float
  ) -> (Float, Vector3, Bool)? {
    var best: (Float, Vector3, Bool)?
    if let t = wall(o, d, radius, half) {
      let p = o + d * t
      best = (t, Vector3(p.x, p.y, 0).normalized, false)
    }
    if d.z != 0 {
      let side: Float = d.z > 0 ? -1 : 1
      let t = (side * half - o.z) / d.z
      let p = o + d * t
      if t > 0, p.x * p.x + p.y * p.y <= radius * radius, t < best?.0 ?? .infinity {
        best = (t, [0, 0, side], true)
      }
    }
    return best
  }

  private static func capsule(
    _ o: Vector3, _ d: Vector3, _ radius: Float, _ half: Float
  ) -> (Float, Vector3, Bool)? {
    var best: (Float, Vector3, Bool)?
    if let t = wall(o, d, radius, half) {
      let p = o + d * t
      best = (t, Vector3(p.x, p.y, 0).normalized, false)
    }
    for end: Float in [-half, half] {
      let shifted = o - Vector3(0, 0, end)
      guard let t = sphere(shifted, d, radius), t < best?.0 ?? .infinity else { continue }
      let normal = (shifted + d * t).normalized
      // Inner halves of the end spheres lie within the straight part.
      if normal.z * end >= 0 { best = (t, normal, true) }
    }
    return best
  }

  /// Returns where a ray meets the side of an upright cylinder between −half and half; nil if it misses it.
  private static func wall(_ o: Vector3, _ d: Vector3, _ radius: Float, _ half: Float) -> Float? {
    let a = d.x * d.x + d.y * d.y
    guard a > 1e-12 else { return nil }
    let b = o.x * d.x + o.y * d.y
    let root = b * b - a * (o.x * o.x + o.y * o.y - radius * radius)
    guard root >= 0 else { return nil }
    let t = (-b - root.squareRoot()) / a
    return t > 0 && abs(o.z + d.z * t) <= half ? t : nil
  }
}
