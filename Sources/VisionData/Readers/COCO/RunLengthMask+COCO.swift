import VisionMetrics

extension RunLengthMask {
  /// Creates the mask that COCO's files hold column by column.
  init(_ mask: COCOMask) { self.init(mask.pixels, height: mask.height, width: mask.width) }
}
