import Foundation

/// The places of everything in a scene: a bin with objects thrown into it, a camera above, a lamp.
struct SceneLayout: Sendable {
  struct Body: Sendable {
    let solid: Solid
    let kind: Scenes.Kind
    let color: Vector3
  }

  struct Camera: Sendable {
    let position: Vector3
    /// The camera's axes: x to the right, y down, z forward.
    let frame: Rotation
    /// The pixels per unit of slope, for an image whose longer side is one pixel.
    let relativeFocalLength: Float
  }

  let objects: [Body]
  let walls: [Body]
  /// Half the inner sides of the bin, in meters.
  let binHalfSize: (x: Float, y: Float)
  let binColor: Vector3
  let tableColor: Vector3
  let camera: Camera
  /// The direction toward the lamp.
  let light: Vector3

  init(using generator: inout some RandomNumberGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    func color(brightness: ClosedRange<Float>, saturation: ClosedRange<Float>) -> Vector3 {
      let (hue, value, pale) = (uniform(0...6), uniform(brightness), 1 - uniform(saturation))
      func channel(_ offset: Float) -> Float {
        let k = (offset + hue).truncatingRemainder(dividingBy: 6)
        return value * (1 - (1 - pale) * max(0, min(1, min(k, 4 - k))))
      }
      return [channel(5), channel(3), channel(1)]
    }

    let half = (x: uniform(0.22...0.24), y: uniform(0.16...0.18))
    binHalfSize = half
    let binColor = color(brightness: 0.35...0.75, saturation: 0...0.5)
    self.binColor = binColor
    tableColor = color(brightness: 0.3...0.9, saturation: 0...0.3)
    let (height, thickness): (Float, Float) = (uniform(0.03...0.07), 0.012)
    walls = [(1, 0), (-1, 0), (0, 1), (0, -1)].map { (x: Float, y: Float) in
      let center = Vector3(x * (half.x + thickness / 2), y * (half.y + thickness / 2), height / 2)
      let size = Vector3(
        x == 0 ? half.x + thickness : thickness / 2, y == 0 ? half.y + thickness : thickness / 2, height / 2)
      return Body(
        solid: Solid(shape: .box(size), center: center, rotation: .identity), kind: .bin, color: binColor)
    }

    var objects: [Body] = []
    for _ in 0..<Int.random(in: 4...9, using: &generator) {
      let kind = [Scenes.Kind.box, .cylinder, .sphere, .capsule].randomElement(using: &generator)!
      let shape: Solid.Shape =
        switch kind {
        case .box: .box([uniform(0.025...0.06), uniform(0.02...0.05), uniform(0.015...0.04)])
        case .cylinder: .cylinder(uniform(0.02...0.04), uniform(0.02...0.06))
        case .sphere: .sphere(uniform(0.025...0.045))
        default: .capsule(uniform(0.018...0.03), uniform(0.025...0.05))
        }
      let reach = shape.reach * 0.8
      let x = uniform((-half.x + reach)...(half.x - reach))
      let y = uniform((-half.y + reach)...(half.y - reach))
      let center = Self.dropped(x: x, y: y, reach: reach, onto: objects.map(\.solid))
      objects.append(
        Body(
          solid: Solid(shape: shape, center: center, rotation: .random(using: &generator)), kind: kind,
          color: color(brightness: 0.5...1, saturation: 0.3...1)))
    }
    self.objects = objects

    let (tilt, azimuth, distance) = (uniform(0...0.75), uniform(0...(2 * .pi)), uniform(0.75...1.2))
    let back = Vector3(sin(tilt) * cos(azimuth), sin(tilt) * sin(azimuth), cos(tilt))
    let target = Vector3(uniform(-0.03...0.03), uniform(-0.03...0.03), 0.02)
    let forward = -back
    // The bin stays roughly upright in the image, whatever side the camera looks from.
    let right = Vector3(0, -1, 0).cross(forward).normalized
    camera = Camera(
      position: target + back * distance,
      frame: Rotation(x: right, y: forward.cross(right), z: forward), relativeFocalLength: 1.55)
    light = Vector3(uniform(-0.35...0.35), uniform(-0.35...0.35), 1).normalized
  }

  /// Returns the lowest place above (x, y) where a ball meets neither the floor nor other balls.
  private static func dropped(x: Float, y: Float, reach: Float, onto others: [Solid]) -> Vector3 {
    var height = reach * 0.8
    for other in others.sorted(by: { $0.center.z < $1.center.z }) {
      let gap = reach + other.shape.reach * 0.7
      let (dx, dy) = (x - other.center.x, y - other.center.y)
      let horizontal = dx * dx + dy * dy
      guard horizontal < gap * gap else { continue }
      let clear = other.center.z + (gap * gap - horizontal).squareRoot() * 0.8
      height = max(height, clear)
    }
    return [x, y, height]
  }
}
