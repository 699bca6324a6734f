import Foundation
import Torch
import VisionData

/// Draws predictions and ground truth so that a person can see them.
struct TaskRenderer {
  let task: VisionTask

  init(_ task: VisionTask) { self.task = task }

  /// - Parameter prediction: what the network gives: task channels × height × width.
  func picture(prediction map: PixelMap) -> Picture {
    switch task.kind {
    case .segmentation:
      return draw(map) { index, count in
        let label = (0..<map.channels).max { map.values[$0 * count + index] < map.values[$1 * count + index] }!
        return Self.color(of: label)
      }
    case .depth: return depth(map)
    case .normals: return normals(map)
    case .edges, .saliency:
      return draw(map) { index, _ in Self.grey(1 / (1 + exp(-map.values[index]))) }
    case .quantities: return quantities(map)
    }
  }

  /// - Parameter target: the ground truth as samples hold it.
  func picture(target map: PixelMap) -> Picture {
    switch task.kind {
    case .segmentation:
      return draw(map) { index, _ in
        map.values[index] == VisionTask.unknown ? [0, 0, 0] : Self.color(of: Int(map.values[index]))
      }
    case .depth: return depth(map)
    case .normals: return normals(map)
    case .edges, .saliency:
      return draw(map) { index, _ in Self.grey(map.values[index] == VisionTask.unknown ? 0.5 : map.values[index]) }
    case .quantities: return quantities(map)
    }
  }

  /// Near is bright: 0.4 m white, 1.6 m and beyond dark blue.
  private func depth(_ map: PixelMap) -> Picture {
    draw(map) { index, _ in
      let depth = map.values[index]
      guard depth != VisionTask.unknown else { return [0, 0, 0] }
      let nearness = max(0, min(1, (1.6 - depth) / 1.2))
      return [UInt8(255 * nearness), UInt8(255 * nearness.squareRoot() * 0.9), UInt8(90 + 120 * (1 - nearness))]
    }
  }

  private func normals(_ map: PixelMap) -> Picture {
    draw(map) { index, count in
      let vector = SIMD3(map.values[index], map.values[count + index], map.values[2 * count + index])
      guard (0..<3).allSatisfy({ vector[$0] != VisionTask.unknown }) else { return [0, 0, 0] }
      let unit = vector / max(1e-6, (vector * vector).sum().squareRoot())
      return (0..<3).map { UInt8(max(0, min(255, (unit[$0] * ($0 == 0 ? 1 : -1) + 1) * 127.5))) }
    }
  }

  /// One as grey; two or three as red, green and blue; half bright where one is unknown.
  private func quantities(_ map: PixelMap) -> Picture {
    draw(map) { index, count in
      let levels = (0..<map.channels).map { channel in
        let value = map.values[channel * count + index]
        return Self.level(value == VisionTask.unknown ? 0.5 : value)
      }
      return levels.count == 1 ? [levels[0], levels[0], levels[0]] : Array((levels + [0]).prefix(3))
    }
  }

  private func draw(_ map: PixelMap, _ color: (_ index: Int, _ count: Int) -> [UInt8]) -> Picture {
    let count = map.height * map.width
    return Picture(
      width: map.width, height: map.height, channels: 3, samples: .bits8((0..<count).flatMap { color($0, count) }))
  }

  private static func grey(_ value: Float) -> [UInt8] { [UInt8](repeating: level(value), count: 3) }

  private static func level(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value * 255))) }

  /// Colours that differ for neighbouring labels.
  static func color(of label: Int) -> [UInt8] {
    let palette: [[UInt8]] = [
      [70, 78, 94], [140, 148, 160], [230, 126, 60], [74, 144, 226], [96, 190, 110], [214, 82, 110], [240, 200, 70],
      [150, 105, 200], [70, 195, 195], [190, 150, 110],
    ]
    let base = palette[label % palette.count]
    let shade = 1 - 0.25 * Double((label / palette.count) % 3)
    return base.map { UInt8(Double($0) * shade) }
  }
}

extension PixelMap {
  /// - Parameter tensor: channels × height × width.
  init(_ tensor: Tensor) {
    let shape = tensor.shape
    self.init(channels: shape[0], height: shape[1], width: shape[2], values: tensor.array())
  }
}
