/// An object that was found, as COCO's files of results hold it: `image_id`, `category_id`, `score`, `bbox` (left, top,
/// width, height) and `segmentation` (the compressed runs of a mask).
///
/// Beside what COCO has, it holds `occlusion`, the probability that the object is covered by others.
public struct COCOResult: Encodable, Sendable {
  private let image: Int
  private let category: Int
  private let score: Double
  private let box: [Double]
  private let mask: Mask
  private let occlusion: Double?

  /// - Parameters:
  ///   - box: the box of the object.
  ///   - mask: the mask of the object.
  ///   - image: the number of the image.
  ///   - category: the number of the category; defaults to 1.
  ///   - score: how sure the detector is.
  ///   - occlusion: the probability that the object is covered by others; nil, by default, if it is not known.
  public init(
    box: COCOBox, mask: COCOMask, image: Int, category: Int = 1, score: Double, occlusion: Double? = nil
  ) {
    (self.image, self.category, self.score, self.occlusion) = (image, category, score, occlusion)
    self.box = [box.x, box.y, box.width, box.height]
    self.mask = Mask(size: [mask.height, mask.width], counts: mask.compressed)
  }

  private struct Mask: Encodable {
    let size: [Int]
    let counts: String
  }

  private enum CodingKeys: String, CodingKey {
    case image = "image_id"
    case category = "category_id"
    case box = "bbox"
    case mask = "segmentation"
    case score, occlusion
  }
}
