import Foundation
import Support

/// Which mask of a whole object belongs to which seen object.
enum AmodalMatching {
  /// Finds a mask for each seen object, by the pixels that both have: the largest number first, and each mask once.
  ///
  /// - Parameters:
  ///   - numbers: the numbers of the seen objects.
  ///   - instances: the number of the object at each pixel; 0 is none.
  ///   - masks: the masks of whole objects.
  ///   - file: the file that errors name.
  /// - Returns: the position of each object's mask.
  /// - Throws: `FileError` for an object of which no mask is left that has half of its pixels.
  static func places(of numbers: [Int], in instances: [Int], among masks: [[Bool]], _ file: URL) throws -> [Int] {
    let positions = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    var areas = [Int](repeating: 0, count: numbers.count)
    // Most pixels show no object.
    let seen = instances.enumerated().filter { $0.element > 0 }.map {
      (pixel: $0.offset, object: positions[$0.element]!)
    }
    for place in seen { areas[place.object] += 1 }
    var candidates: [(object: Int, mask: Int, count: Int)] = []
    for (position, mask) in masks.enumerated() {
      var counts = [Int](repeating: 0, count: numbers.count)
      for place in seen where mask[place.pixel] { counts[place.object] += 1 }
      candidates += counts.enumerated().filter { 2 * $0.element >= areas[$0.offset] }.map {
        (object: $0.offset, mask: position, count: $0.element)
      }
    }
    var (found, taken) = ([Int?](repeating: nil, count: numbers.count), Set<Int>())
    for candidate in candidates.sorted(by: { ($1.count, $0.mask) < ($0.count, $1.mask) }) {
      guard found[candidate.object] == nil, taken.insert(candidate.mask).inserted else { continue }
      found[candidate.object] = candidate.mask
    }
    return try zip(numbers, found).map { number, place in
      guard let place else {
        throw FileError(
          file,
          "shows the object \(number), but none of the \(masks.count) masks of whole objects is left that has half of its pixels"
        )
      }
      return place
    }
  }
}
