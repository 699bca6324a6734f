import Foundation
import Torch
import VisionData

/// How maps become images that a person can look at.
enum Drawing {
  /// - Parameter color: red, green and blue of a pixel, by its position and the number of pixels.
  static func picture(_ map: PixelMap, _ color: (_ index: Int, _ count: Int) -> [UInt8]) -> Picture {
    let count = map.height * map.width
    return Picture(
      width: map.width, height: map.height, channels: 3, samples: .bits8((0..<count).flatMap { color($0, count) }))
  }

  /// As ``picture(_:_:)-swift.type.method``, for ground truth, which has to be a map.
  static func picture(
    _ target: Target, _ color: (_ map: DenseMap, _ index: Int, _ count: Int) -> [UInt8]
  ) -> Picture {
    guard let map = target.map else { fatalError("ground truth that is no map is drawn as one") }
    return picture(map.values) { color(map, $0, $1) }
  }

  /// Logits as gray levels of their probabilities.
  static func probability(_ logits: PixelMap) -> Picture {
    picture(logits) { index, _ in gray(1 / (1 + exp(-logits.values[index]))) }
  }

  /// Yes is white, no is black, gray is not known.
  static func mask(_ target: Target) -> Picture {
    picture(target) { map, index, _ in gray(map.isKnown(pixel: index) ? map.values.values[index] : 0.5) }
  }

  static func gray(_ value: Float) -> [UInt8] { [UInt8](repeating: level(value), count: 3) }

  /// 0…1 as 0…255.
  static func level(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value * 255))) }

  /// Colors that differ for neighboring labels.
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
  /// - Parameter tensor: channels × height × width, of any type.
  init(_ tensor: Tensor) {
    let shape = tensor.shape
    self.init(channels: shape[0], height: shape[1], width: shape[2], values: tensor.array())
  }

  /// The first three channels, of 0…1, as an image; the first one as gray if there are fewer.
  var picture: Picture {
    let count = height * width
    let samples = (0..<count).flatMap { index in
      (0..<3).map { channel in
        let plane = channels < 3 ? 0 : channel
        return UInt8(max(0, min(255, (values[plane * count + index] * 255).rounded())))
      }
    }
    return Picture(width: width, height: height, channels: 3, samples: .bits8(samples))
  }
}
