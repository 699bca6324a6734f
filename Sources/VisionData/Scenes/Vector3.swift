typealias Vector3 = SIMD3<Float>

extension SIMD3<Float> {
  func dot(_ other: Vector3) -> Float { (self * other).sum() }

  func cross(_ other: Vector3) -> Vector3 {
    Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }

  var length: Float { dot(self).squareRoot() }
  var normalized: Vector3 { self / length }
}

/// Three orthonormal axes: the columns of a rotation.
struct Rotation: Sendable {
  var x: Vector3
  var y: Vector3
  var z: Vector3

  static let identity = Rotation(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1])

  /// Returns a vector of the turned frame in the world.
  func apply(_ v: Vector3) -> Vector3 { x * v.x + y * v.y + z * v.z }

  /// Returns a vector of the world in the turned frame.
  func undo(_ v: Vector3) -> Vector3 { Vector3(x.dot(v), y.dot(v), z.dot(v)) }

  /// Returns a random rotation, drawn uniformly from all rotations.
  ///
  /// - Source: Shoemake, *Uniform Random Rotations*, Graphics Gems III, 1992.
  static func random(using generator: inout some RandomNumberGenerator) -> Rotation {
    func gaussian() -> Float {
      // The sum of twelve uniform numbers: near enough to normal for directions, and without logarithms.
      (0..<12).reduce(-6) { sum, _ in sum + Float.random(in: 0..<1, using: &generator) }
    }
    let x = Vector3(gaussian(), gaussian(), gaussian() + 1e-6).normalized
    let other = Vector3(gaussian(), gaussian() + 1e-6, gaussian())
    let z = x.cross(other).normalized
    return Rotation(x: x, y: z.cross(x), z: z)
  }
}
