import Foundation
import Support

/// An object as the files `objects/*.json` of a folder hold it.
public struct ObjectRecord: Codable, Sendable, Equatable {
  /// The name of the object's class.
  public let kind: String
  /// The amodal box: x1, y1, x2, y2 in pixels, the last two not included. It is there for other programs: the amodal
  /// mask determines it.
  public let box: [Int]
  /// The occluded fraction, from 0 to 1. It is there for other programs: the masks determine it.
  public let occlusion: Double
  /// The pixels of the object that can be seen.
  public let visibleMask: RunLengthMask
  /// The pixels of the whole object.
  public let amodalMask: RunLengthMask

  init(_ object: Scene.Object) {
    kind = object.kind.name
    box = [object.box.x1, object.box.y1, object.box.x2, object.box.y2]
    occlusion = object.occlusion
    visibleMask = object.visibleMask
    amodalMask = object.amodalMask
  }

  init(_ object: ObjectAnnotation, kind: String) {
    self.kind = kind
    box = [object.box.x1, object.box.y1, object.box.x2, object.box.y2]
    occlusion = object.occludedFraction
    visibleMask = object.visibleMask
    amodalMask = object.amodalMask
  }

  /// Reads a file of objects.
  ///
  /// - Throws: `FileError` for a file that is not there, or not a list of objects.
  static func list(at url: URL) throws -> [ObjectRecord] {
    guard let data = try? Data(contentsOf: url) else { throw FileError.unreadable(url) }
    do { return try JSONDecoder().decode([ObjectRecord].self, from: data) } catch {
      throw FileError(url, "is not a list of objects: \(error.briefly)")
    }
  }
}
