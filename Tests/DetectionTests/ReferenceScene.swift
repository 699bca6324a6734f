import Detection
import TestSupport

/// The objects of an image in the reference.
struct ReferenceScene {
  let size: ImageSize
  let objects: [DetectionObject]

  init(_ record: Reference) {
    let size = record["size"].imageSize
    self.size = size
    func mask(_ counts: Reference) -> ObjectMask {
      ObjectMask(size: size, pixels: columnRuns(counts.ints, height: size.height, width: size.width))
    }
    objects = zip(record["visible_rle_counts"].array, record["amodal_rle_counts"].array).map {
      DetectionObject(visibleMask: mask($0), amodalMask: mask($1))!
    }
  }
}

/// The pixels, row by row, of a mask that COCO's run lengths give: column by column, zeros first.
func columnRuns(_ counts: [Int], height: Int, width: Int) -> [Bool] {
  let columns = counts.enumerated().flatMap { [Bool](repeating: $0 % 2 == 1, count: $1) }
  return (0..<height * width).map { columns[$0 % width * height + $0 / width] }
}
