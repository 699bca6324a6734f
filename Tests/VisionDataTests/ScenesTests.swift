import Foundation
import Support
import TestSupport
import Testing
import Torch
import VisionData

@Suite struct ScenesTests {
  private let scenes = Scenes(seed: 5, count: 40, height: 48, width: 64)

  @Test func aSeedGivesTheSameSceneOnAnyThread() {
    let alone = (0..<8).map { scenes.scene(at: $0).image }
    let results = UnsafeMutableBufferPointer<[UInt8]>.allocate(capacity: 8)
    results.initialize(repeating: [])
    defer { results.deallocate() }
    nonisolated(unsafe) let shared = results
    let source = scenes
    DispatchQueue.concurrentPerform(iterations: 8) { shared[$0] = source.scene(at: $0).image }
    #expect(Array(results) == alone)
    #expect(Scenes(seed: 6, count: 1, height: 48, width: 64).scene(at: 0).image != alone[0])
  }

  @Test func groundTruthAgreesWithItself() {
    for position in 0..<40 {
      let scene = scenes.scene(at: position)
      let count = scene.height * scene.width
      #expect(
        Scenes(seed: 5, count: 1, height: 256, width: 48).scene(at: position).depth.allSatisfy { $0 > 0.1 && $0 < 5 })
      #expect(scene.depth.allSatisfy { $0 > 0.1 && $0 < 5 })
      for index in 0..<count {
        let normal = (0..<3).map { scene.normals[$0 * count + index] }
        #expect(abs(normal.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        // What is seen faces the camera: its normal points against the ray.
        let x = (Float(index % scene.width) + 0.5 - Float(scene.width) / 2) / (1.55 * Float(scene.width))
        let y = (Float(index / scene.width) + 0.5 - Float(scene.height) / 2) / (1.55 * Float(scene.width))
        #expect(normal[0] * x + normal[1] * y + normal[2] < 0.02)
        let isObject = scene.classes[index] >= Scenes.Kind.box.rawValue
        #expect(isObject == (scene.instances[index] > 0))
        #expect(isObject == (scene.parts[index] > 0))
        if scene.saliency[index] == 1 { #expect(isObject) }
      }
    }
  }

  @Test func objectsKnowWhatIsSeenOfThem() {
    var covered = 0
    for position in 0..<40 {
      let scene = scenes.scene(at: position)
      for (index, object) in scene.objects.enumerated() {
        let (visible, amodal) = (object.visibleMask.pixels, object.amodalMask.pixels)
        #expect(visible == scene.instances.map { $0 == UInt8(index + 1) })
        #expect(paired(visible, amodal).allSatisfy { !$0 || $1 })
        #expect(abs(object.occlusion - (1 - Double(object.visibleMask.area) / Double(object.amodalMask.area))) < 1e-12)
        let columns = amodal.indices.filter { amodal[$0] }.map { $0 % scene.width }
        let rows = amodal.indices.filter { amodal[$0] }.map { $0 / scene.width }
        #expect(object.box == (columns.min()!, rows.min()!, columns.max()! + 1, rows.max()! + 1))
        if object.occlusion > 0.1 { covered += 1 }
      }
    }
    #expect(covered > 10)
  }

  /// Neighboring points on a body lie in the plane that depth and normal say.
  @Test func depthAndNormalsDescribeTheSameSurface() {
    let scene = Scenes(seed: 5, count: 1, height: 96, width: 128).scene(at: 0)
    let (count, focal) = (scene.height * scene.width, Float(1.55) * Float(scene.width))
    func point(_ index: Int) -> SIMD3<Float> {
      let depth = scene.depth[index]
      return [
        (Float(index % scene.width) + 0.5 - Float(scene.width) / 2) / focal * depth,
        (Float(index / scene.width) + 0.5 - Float(scene.height) / 2) / focal * depth, depth,
      ]
    }
    var agreeing = 0
    var checked = 0
    for index in 0..<(count - 1) where (index + 1) % scene.width != 0 && scene.edges[index] == 0 {
      let step = point(index + 1) - point(index)
      let normal = SIMD3((0..<3).map { scene.normals[$0 * count + index] })
      checked += 1
      if abs((step * normal).sum()) < 0.1 * (step * step).sum().squareRoot() { agreeing += 1 }
    }
    #expect(checked > 5000 && Double(agreeing) > 0.95 * Double(checked))
  }

  @Test func surfacesAreBentAsTheirBodiesAre() {
    var seen: Set<Scenes.Kind> = []
    for position in 0..<40 {
      let scene = scenes.scene(at: position)
      let count = scene.height * scene.width
      for index in 0..<count {
        let kind = Scenes.Kind(rawValue: scene.classes[index])!
        let (larger, smaller) = (scene.curvature[index], scene.curvature[count + index])
        let isBentOnce = larger > 0.3 && larger <= 1 && smaller == 0
        let isRound = larger > 0.3 && larger <= 1 && smaller == larger
        seen.insert(kind)
        switch kind {
        case .table, .bin, .box: #expect(larger == 0 && smaller == 0)
        case .sphere: #expect(isRound)
        case .cylinder: #expect(scene.parts[index] == 3 ? larger == 0 && smaller == 0 : isBentOnce)
        case .capsule: #expect(scene.parts[index] == 7 ? isRound : isBentOnce)
        }
      }
    }
    #expect(seen.count == Scenes.Kind.allCases.count)
  }

  @Test func theLampAtTheCameraAndTheRaysFollowFromTheGeometry() {
    let scene = scenes.scene(at: 2)
    let (count, focal) = (scene.height * scene.width, Float(1.55) * Float(scene.width))
    for index in 0..<count {
      let ray = SIMD3<Float>(
        (Float(index % scene.width) + 0.5 - Float(scene.width) / 2) / focal,
        (Float(index / scene.width) + 0.5 - Float(scene.height) / 2) / focal, 1)
      let length = (ray * ray).sum().squareRoot()
      let normal = SIMD3((0..<3).map { scene.normals[$0 * count + index] })
      #expect(abs(scene.distance[index] - scene.depth[index] * length) < 1e-5)
      #expect(abs(scene.reshading[index] - max(0, -(normal * ray).sum() / length)) < 1e-4)
      #expect(scene.occlusionEdges[index] <= scene.edges[index])
    }
    #expect(scene.occlusionEdges.contains(1) && scene.occlusionEdges != scene.edges)
  }

  /// A key point lies on an object; its top may lie between four pixels, and its slopes reach beyond.
  @Test func keypointsAreOnObjects() {
    var peaks = 0
    for position in 0..<40 {
      let scene = scenes.scene(at: position)
      #expect(scene.keypoints.allSatisfy { (0...1).contains($0) })
      for row in 1..<(scene.height - 1) {
        for column in 1..<(scene.width - 1) where scene.keypoints[row * scene.width + column] > 0.8 {
          let around = (-1...1).flatMap { dy in (-1...1).map { (row + dy) * scene.width + column + $0 } }
          #expect(around.contains { scene.instances[$0] > 0 })
          peaks += 1
        }
      }
    }
    #expect(peaks > 100)
  }

  @Test func masksComeBackFromTheirRuns() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20 {
      let mask = (0..<35).map { _ in Bool.random(using: &generator) }
      let runs = RunLengthMask(mask, height: 5, width: 7)
      #expect(runs.pixels == mask && runs.area == mask.count { $0 })
    }
  }
}
