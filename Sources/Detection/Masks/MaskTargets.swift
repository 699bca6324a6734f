import Torch

/// The targets of a mask head: an object's mask, pooled over a region by ``RoIAlign`` at the image's resolution, and 1
/// where at least half of a bin belongs to the object.
///
/// - Source: He et al., *Mask R-CNN*, ICCV 2017, section 3.1; pooled masks: Wu et al., *Detectron2*, 2019.
public struct MaskTargets: Sendable, Equatable {
  /// The number of rows and columns of a target.
  public var size: Int

  /// Creates targets of size × size.
  public init(size: Int = 28) { self.size = size }

  /// Returns the fraction of each of the size × size bins of a finite box that belongs to the object, row by row.
  public func fractions(_ mask: ObjectMask, over box: BoundingBox) -> [Double] {
    let (y, x) = RoIAlign(size: size).samplings(box, scale: 1, height: mask.size.height, width: mask.size.width)
    var result = [Double](repeating: 0, count: size * size)
    // What each row of the mask contributes to the bins along x; most rows are in the bins of one or two along y.
    let lines = mask.rows.map { mask.line($0, averagedBy: x) }
    for bin in 0..<size {
      for (offset, index) in (y.starts[bin]..<y.starts[bin + 1]).enumerated() {
        let row = y.firsts[bin] + offset - mask.rows.lowerBound
        guard lines.indices.contains(row) else { continue }
        for column in 0..<size { result[bin * size + column] += y.weights[index] * lines[row][column] }
      }
    }
    return result
  }

  /// Returns whether each of the size × size bins of a finite box belongs to the object, row by row.
  public func callAsFunction(_ mask: ObjectMask, over box: BoundingBox) -> [Bool] {
    fractions(mask, over: box).map { $0 >= 0.5 }
  }

  /// Returns the targets of several regions, regions × size × size of 0 and 1.
  public func callAsFunction(
    _ regions: [(mask: ObjectMask, box: BoundingBox)], dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    let targets = regions.flatMap { self($0.mask, over: $0.box) }
    return Tensor(targets, shape: [regions.count, size, size]).to(dtype).to(device)
  }
}

extension ObjectMask {
  /// The fraction of each bin along x that belongs to the object in one of its rows.
  fileprivate func line(_ row: Int, averagedBy x: AxisSampling) -> [Double] {
    let start = (row - rows.lowerBound) * columns.count
    return x.firsts.indices.map { bin in
      var sum = 0.0
      for (offset, index) in (x.starts[bin]..<x.starts[bin + 1]).enumerated() {
        let column = x.firsts[bin] + offset - columns.lowerBound
        if columns.indices.contains(column + columns.lowerBound), window[start + column] { sum += x.weights[index] }
      }
      return sum
    }
  }
}
