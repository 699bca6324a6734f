import Detection
import Foundation
import Synchronization
import TestSupport
import Torch

/// A file of reference numbers of detection, which is read once.
func detectionReference(_ name: String) throws -> Reference {
  try readReferences.withLock { references in
    if let reference = references[name] { return reference }
    let reference = try Reference(contentsOf: detectionResources.appendingPathComponent("\(name).json"))
    references[name] = reference
    return reference
  }
}

private let readReferences = Mutex<[String: Reference]>([:])

let detectionResources = Bundle.module.bundleURL.appendingPathComponent("Resources")

extension Reference {
  /// A list of boxes, each a list of four numbers.
  var boxes: [BoundingBox] { array.map(\.box) }
  var box: BoundingBox {
    let numbers = doubles
    return BoundingBox(numbers[0], numbers[1], numbers[2], numbers[3])
  }
  /// A height and a width.
  var imageSize: ImageSize { ImageSize(height: ints[0], width: ints[1]) }
}

extension [BoundingBox] {
  var numbers: [Double] { flatMap { [$0.x1, $0.y1, $0.x2, $0.y2] } }
}

extension [BoxDeltas] {
  var numbers: [Double] { flatMap { [$0.x, $0.y, $0.width, $0.height] } }
}

/// The tolerance of the reference for a list of numbers: relative to the largest.
func tolerance(_ expected: [Double], _ relative: Double = 1e-9) -> Double {
  relative * max(1, expected.reduce(0) { max($0, abs($1)) })
}

/// Draws by explicit permutations.
struct FixedDrawing: CandidateDrawing {
  let order: @Sendable (_ purpose: DrawingPurpose, _ count: Int) -> [Int]

  func draw(_ wanted: Int, of count: Int, for purpose: DrawingPurpose, image: Int) -> [Int] {
    Array(order(purpose, count).prefix(wanted))
  }
}
