import Foundation
import Support

/// What a camera file of Cityscapes says about the pair of cameras.
struct StereoCamera {
  /// The depth in meters at which the disparity is one pixel: baseline times focal length.
  let depthOfOnePixel: Double

  private struct File: Decodable {
    struct Extrinsic: Decodable { let baseline: Double }
    struct Intrinsic: Decodable { let fx: Double }
    let extrinsic: Extrinsic
    let intrinsic: Intrinsic
  }

  /// Reads a file.
  ///
  /// - Throws: `FileError` for a file that is missing, or lacks the baseline or the focal length.
  init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url) else { throw FileError.unreadable(url) }
    let file: File
    do { file = try JSONDecoder().decode(File.self, from: data) } catch {
      throw FileError(
        url, "is no camera file: numbers extrinsic.baseline and intrinsic.fx are expected (\(error.briefly))")
    }
    let product = file.extrinsic.baseline * file.intrinsic.fx
    // The smallest disparity above zero, 1/256 of a pixel, has a depth, too.
    guard product > 0, Float(product * 256).isFinite else {
      throw FileError(
        url,
        "says that extrinsic.baseline is \(file.extrinsic.baseline) and intrinsic.fx is \(file.intrinsic.fx), but both are above 0, and depth, their product divided by the disparity, is finite"
      )
    }
    depthOfOnePixel = product
  }
}
