/// An object as `objects/*.json` holds it.
public struct ObjectRecord: Codable, Sendable, Equatable {
  public let kind: String
  /// x1, y1, x2, y2: the amodal box, the last two not included.
  public let box: [Int]
  public let occlusion: Double
  public let visibleMask: RunLengthMask
  public let amodalMask: RunLengthMask

  init(_ object: Scene.Object) {
    kind = object.kind.name
    box = [object.box.x1, object.box.y1, object.box.x2, object.box.y2]
    occlusion = object.occlusion
    visibleMask = object.visibleMask
    amodalMask = object.amodalMask
  }
}
