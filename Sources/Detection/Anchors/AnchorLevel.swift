import Support

/// The boxes of fixed sizes and forms around every position of a feature map, against which proposals are coded.
///
/// The anchor of size s and ratio r (height to width) is s/√r wide and s√r high. Coordinates are neither rounded nor
/// clipped.
///
/// - Source: Ren et al., *Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks*, NeurIPS 2015,
///   section 3.1; one size for each level: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017.
public struct AnchorLevel: Sendable, Equatable {
  /// The number of pixels that one step in the feature map is.
  public var stride: Int
  /// The square roots of the anchors' areas, in pixels.
  public var sizes: [Double]
  /// The ratios of height to width.
  public var ratios: [Double]
  /// The center of the anchors of the first position, in strides; defaults to 0.
  public var offset: Double

  /// Creates the anchors of a level.
  public init(stride: Int, sizes: [Double], ratios: [Double] = [0.5, 1, 2], offset: Double = 0) {
    require(
      stride > 0 && (sizes + ratios).allSatisfy { $0 > 0 },
      "anchors need a positive stride, sizes and ratios, not \(stride), \(sizes) and \(ratios)")
    self.stride = stride
    self.sizes = sizes
    self.ratios = ratios
    self.offset = offset
  }

  /// The number of anchors at each position.
  public var countPerPosition: Int { sizes.count * ratios.count }

  /// The anchors around (0, 0): by size, then by ratio.
  public var cellAnchors: [BoundingBox] {
    sizes.flatMap { size in
      ratios.map { ratio in
        let (halfWidth, halfHeight) = (size / ratio.squareRoot() / 2, size * ratio.squareRoot() / 2)
        return BoundingBox(-halfWidth, -halfHeight, halfWidth, halfHeight)
      }
    }
  }

  /// Returns the anchors of a feature map: by row, by column, then as ``cellAnchors``.
  public func anchors(rows: Int, columns: Int) -> [BoundingBox] {
    let cell = cellAnchors
    var anchors: [BoundingBox] = []
    anchors.reserveCapacity(rows * columns * cell.count)
    for row in 0..<rows {
      let y = (Double(row) + offset) * Double(stride)
      for column in 0..<columns {
        let x = (Double(column) + offset) * Double(stride)
        for anchor in cell {
          anchors.append(BoundingBox(x + anchor.x1, y + anchor.y1, x + anchor.x2, y + anchor.y2))
        }
      }
    }
    return anchors
  }
}

extension [AnchorLevel] {
  /// The anchors of the levels P2 to P6 of a feature pyramid: strides 4 to 64, sizes 16 to 256, three ratios.
  ///
  /// - Source: Back et al., *Unseen Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022,
  ///   in its public configuration.
  public static let pyramid = (2...6).map { AnchorLevel(stride: 1 << $0, sizes: [Double(4 << $0)]) }
}
