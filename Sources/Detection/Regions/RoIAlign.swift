import Support
import Torch

/// The pooling of regions of feature maps to a fixed size, by averaging samples that are interpolated bilinearly.
///
/// A region is divided into bins, and a bin is the mean of samples at equal distances. The operation is linear in the
/// features, and separable: it is one product with a sparse matrix, whose rows are the bins of all regions, and whose
/// columns are the positions of all maps. Its derivative is the product with the transposed matrix. Regions have no
/// gradient. Weights are computed in double precision.
///
/// - Source: He et al., *Mask R-CNN*, ICCV 2017, section 3; `isAligned`: Wu et al., *Detectron2*, 2019.
public struct RoIAlign: Sendable, Equatable {
  /// The number of rows of bins.
  public var rows: Int
  /// The number of columns of bins.
  public var columns: Int
  /// The number of samples in each bin along each axis; nil for the extent of the bin in elements, rounded up.
  public var samples: Int?
  /// Whether the center of an element lies half an element behind its corner; otherwise it lies at the corner, and
  /// regions are at least one element wide and high.
  public var isAligned: Bool

  /// Creates a pooling; by default an aligned one with samples at distances of at most one element.
  public init(rows: Int, columns: Int, samples: Int? = nil, isAligned: Bool = true) {
    require(rows > 0 && columns > 0 && samples ?? 1 > 0, "regions cannot be pooled to \(rows)×\(columns) bins")
    self.rows = rows
    self.columns = columns
    self.samples = samples
    self.isAligned = isAligned
  }

  /// Creates an aligned pooling to as many columns as rows.
  public init(size: Int) { self.init(rows: size, columns: size) }

  /// Returns the pooled regions of one feature map.
  ///
  /// - Parameters:
  ///   - features: batch × channels × height × width.
  ///   - regions: finite boxes in the batch's images, of any number.
  ///   - scale: the number of the map's elements that one pixel of the image is.
  /// - Returns: regions × channels × rows × columns, in double precision if the features are and single otherwise.
  public func callAsFunction(_ features: Tensor, regions: [RegionOfInterest], scale: Double) -> Tensor {
    let maps = FeatureRows([(features, scale)])
    return self(maps, regions: regions.map { ($0, level: 0) })
  }

  /// Returns the pooled regions of several feature maps, each region from its own.
  ///
  /// - Parameters:
  ///   - maps: the maps of all levels.
  ///   - regions: finite boxes in the batch's images, and the position of the level that each is pooled from.
  /// - Returns: regions × channels × rows × columns, in double precision if the features are and single otherwise.
  public func callAsFunction(_ maps: FeatureRows, regions: [(RegionOfInterest, level: Int)]) -> Tensor {
    let pooled = matrix(maps, regions).times(maps.rows)
    return pooled.reshaped([regions.count, rows, columns, maps.channels]).permuted([0, 3, 1, 2])
  }

  /// The samplings of a region along both axes.
  func samplings(_ box: BoundingBox, scale: Double, height: Int, width: Int) -> (y: AxisSampling, x: AxisSampling) {
    require(box.isFinite, "a region with the box \(box) cannot be pooled")
    let offset = isAligned ? 0.5 : 0
    let smallest = isAligned ? -Double.infinity : 1
    return (
      AxisSampling(
        start: box.y1 * scale - offset, size: max(box.height * scale, smallest), bins: rows, length: height,
        samples: samples),
      AxisSampling(
        start: box.x1 * scale - offset, size: max(box.width * scale, smallest), bins: columns, length: width,
        samples: samples)
    )
  }

  private func matrix(_ maps: FeatureRows, _ regions: [(RegionOfInterest, level: Int)]) -> SparseMatrix {
    let samplings = regions.map { region, level in
      let map = maps.levels[level]
      require(
        (0..<maps.batch).contains(region.image), "a region in image \(region.image) of a batch of \(maps.batch)")
      return self.samplings(region.box, scale: map.scale, height: map.height, width: map.width)
    }
    var writer = SparseMatrixWriter(
      rowCount: regions.count * rows * columns,
      entryCount: samplings.reduce(0) { $0 + $1.y.weights.count * $1.x.weights.count })
    for ((region, level), (y, x)) in zip(regions, samplings) {
      let map = maps.levels[level]
      let origin = map.firstRow + region.image * map.height * map.width
      for row in 0..<rows {
        for column in 0..<columns { writer.addBin(row, column, of: (y, x), origin: origin, width: map.width) }
      }
    }
    return writer.matrix(columnCount: maps.rowCount)
  }
}
