import Foundation
import NeuralNetworks
import Torch

/// Values from names: the formula with which the reference data were made, so that weights need not be stored.
public enum FillFormula {
  /// FNV-1a over UTF-8.
  static func hash(_ text: String) -> UInt32 {
    text.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  /// `t` in [−1, 1) at a flat index, for the hash of a name.
  private static func unit(_ hash: UInt32, _ index: Int) -> Double {
    var x = hash &+ UInt32(truncatingIfNeeded: index) &* 0x9E37_79B9
    x ^= x >> 16
    x &*= 0x85EB_CA6B
    x ^= x >> 13
    x &*= 0xC2B2_AE35
    x ^= x >> 16
    return Double(x) * 0x1p-31 - 1
  }

  /// `t` in [−1, 1) at consecutive flat indices.
  public static func unit(_ name: String, count: Int) -> [Double] {
    let start = hash("1:" + name)
    return (0..<count).map { unit(start, $0) }
  }

  /// A tensor of pictures: offset 0, amplitude 1.
  public static func image(_ name: String, _ shape: [Int]) -> Tensor {
    Tensor(unit(name, count: shape.reduce(1, *)).map { Float($0) }, shape: shape)
  }

  /// The values of an entry of a state dict.
  public static func entry(_ name: String, _ shape: [Int]) -> Tensor {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let count = shape.reduce(1, *)
    if last == "num_batches_tracked" { return .zeros(shape, dtype: .int64) }
    let (offset, amplitude): (Double, Double) =
      switch (last, shape.count) {
      case ("running_mean", _): (0, 0.1)
      case ("running_var", _): (1, 0.5)
      case ("weight", 2...): (0, (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
      case ("weight", _): (1, 0.2)
      case ("bias", _): (0, 0.1)
      default: (0, 0.5)
      }
    let start = hash("1:" + name)
    return Tensor((0..<count).map { Float(offset + amplitude * unit(start, $0)) }, shape: shape)
  }

  /// Fills every parameter and buffer of a store.
  ///
  /// - Parameter rename: from the store's names to the reference's.
  public static func fill(_ store: ParameterStore, rename: (String) -> String = { $0 }) {
    withoutGradients {
      for (name, tensor) in store.state { tensor.copy(from: entry(rename(name), tensor.shape)) }
    }
  }
}
