import Detection
import TestSupport
import Testing
import Torch

@Suite struct RoIAlignTests {
  private func regions(_ record: Reference) -> [RegionOfInterest] {
    record.array.map(\.doubles).map {
      RegionOfInterest(image: Int($0[0]), box: BoundingBox($0[1], $0[2], $0[3], $0[4]))
    }
  }

  private func pooling(_ record: Reference) -> RoIAlign {
    let size = record["output_size"].ints
    let samples = record["sampling_ratio"].int
    return RoIAlign(
      rows: size[0], columns: size[1], samples: samples == 0 ? nil : samples, isAligned: record["aligned"].bool)
  }

  @Test(arguments: [DType.float32, .float64]) func casesOfTheReference(_ dtype: DType) throws {
    let reference = try detectionReference("roi_align")
    let maps = Dictionary(
      uniqueKeysWithValues: reference["features"].array.map { record in
        let values = FillFormula.unit(record["fill_name"].string, count: record["values"].array.count)
        return (record["name"].string, Tensor(values.map { Float($0) }, shape: record["shape"].ints).to(dtype))
      })
    for record in reference["cases"].array {
      let features = maps[record["features"].string]!.copied()
      features.requiresGradient = true
      let regions = regions(record["rois"])
      let pooling = pooling(record)
      let what = "\(record["features"].string) \(record["spatial_scale"].double) \(pooling)"
      let pooled = pooling(features, regions: regions, scale: record["spatial_scale"].double)
      #expect(pooled.dtype == dtype)
      #expect(pooled.shape == [regions.count, features.shape[1], pooling.rows, pooling.columns], "\(what)")
      let probe = Tensor(FillFormula.unit("probe", count: pooled.count), shape: pooled.shape)
      // The reference's numbers have nine digits.
      let close = dtype == .float64 ? 2e-9 : 1e-5
      let values = pooled.array(of: Double.self)
      if record["output"].value is [Any] {
        expectClose(values, record["output"].doubles, tolerance: close, what)
      } else {
        let output = record["output"]
        expectClose(values.prefix(16), output["first16"].doubles, tolerance: close, what)
        let sums = pooled.sum(axes: [1, 2, 3]).array(of: Double.self)
        expectClose(sums, output["per_roi_sum"].doubles, tolerance: 100 * close, what)
        expectClose([(pooled * probe).sum().item], [output["probe_dot"].double], tolerance: 100 * close, what)
        expectClose([pooled.norm().item], [output["l2"].double], tolerance: 100 * close, what)
      }
      let gradient = gradients(of: [(pooled * probe).sum()], withRespectTo: [features])[0]!
      expectClose(
        gradient.array(of: Double.self), record["grad_features"].doubles, tolerance: 10 * close, what)
    }
  }

  /// Bilinear interpolation keeps linear functions, so that each bin is the function's value at its center.
  @Test func rampsGiveCentersOfBins() {
    let (height, width) = (30, 40)
    let x = Tensor.range(0, Double(width), dtype: .float64).expanded([height, width])
    let y = Tensor.range(0, Double(height), dtype: .float64).reshaped([height, 1]).expanded([height, width])
    let features = Tensor.stacked([x, y]).reshaped([1, 2, height, width])
    let random = RandomBoxes(seed: 4)
    let boxes = random.boxes(50, in: ImageSize(height: 58, width: 78)).map {
      BoundingBox($0.x1 + 1, $0.y1 + 1, $0.x2 + 1, $0.y2 + 1)
    }
    let pooled = RoIAlign(rows: 3, columns: 5)(
      features, regions: boxes.map { RegionOfInterest(image: 0, box: $0) }, scale: 0.5)
    var expected: [Double] = []
    for box in boxes {
      let scaled = box.scaled(x: 0.5, y: 0.5)
      for channel in 0..<2 {
        for row in 0..<3 {
          for column in 0..<5 {
            let x = scaled.x1 + (Double(column) + 0.5) * scaled.width / 5 - 0.5
            let y = scaled.y1 + (Double(row) + 0.5) * scaled.height / 3 - 0.5
            expected.append(channel == 0 ? x : y)
          }
        }
      }
    }
    expectClose(pooled.array(of: Double.self), expected, tolerance: 1e-10)
  }

  @Test func levelsAreIndependent() {
    let generator = RandomGenerator(seed: 1)
    let maps = [(16, 20), (8, 10), (4, 5)].map { generator.normal([2, 3, $0.0, $0.1]) }
    for map in maps { map.requiresGradient = true }
    let boxes = RandomBoxes(seed: 5).boxes(14, in: ImageSize(height: 64, width: 80))
    let regions = boxes.enumerated().map { (RegionOfInterest(image: $0 % 2, box: $1), level: $0 % 2 * 2) }
    let pooling = RoIAlign(size: 4)
    let rows = FeatureRows(zip(maps, [0.25, 0.125, 0.0625]).map { ($0, scale: $1) })
    let pooled = pooling(rows, regions: regions)
    for (index, (region, level)) in regions.enumerated() {
      let alone = pooling(maps[level], regions: [region], scale: [0.25, 0.125, 0.0625][level])
      expectClose(pooled[index..<index + 1], alone, tolerance: 0)
    }
    // A level without regions has a gradient of zero, not a missing one.
    let found = gradients(of: [pooled.squared().sum()], withRespectTo: maps)
    #expect(found[1]!.squared().sum().item == 0 && found[0]!.squared().sum().item > 0)
  }

  @Test func noRegions() {
    let features = Tensor.ones([2, 3, 4, 5])
    features.requiresGradient = true
    let pooled = RoIAlign(size: 7)(features, regions: [], scale: 1)
    #expect(pooled.shape == [0, 3, 7, 7])
    #expect(gradients(of: [pooled.sum()], withRespectTo: [features])[0]!.squared().sum().item == 0)
  }

  /// The derivative of the derivative is the operation itself.
  @Test func differentiatesTwice() {
    let features = RandomGenerator(seed: 2).normal([1, 5, 6, 7]).to(.float64)
    features.requiresGradient = true
    let regions = [RegionOfInterest(image: 0, box: BoundingBox(1, 1, 5.5, 4.25))]
    let pooled = RoIAlign(size: 2)(features, regions: regions, scale: 1)
    let gradient = gradients(of: [(pooled * pooled).sum()], withRespectTo: [features], graph: .differentiate)[0]!
    // With y = A x: the gradient of ‖2 Aᵀ y‖² is 8 Aᵀ A Aᵀ y.
    let second = gradients(of: [gradient.squared().sum()], withRespectTo: [features])[0]!
    let again = RoIAlign(size: 2)(gradient.detached(), regions: regions, scale: 1)
    let last = gradients(of: [(pooled * again).sum()], withRespectTo: [features])[0]!
    expectClose(second, 4 * last, tolerance: 1e-12)
  }

  @Test func randomRegionsAreFinite() {
    let random = RandomBoxes(seed: 6)
    let features = RandomGenerator(seed: 3).normal([1, 1, 5, 7])
    let pooling = RoIAlign(size: 2)
    for _ in 0..<100 {
      let regions = (0..<100).map { _ in
        let scale = [1.0, 10, 1e6, 1e300, 1e-300].randomElement()!
        func number() -> Double { random.number(-10...20) * scale }
        return RegionOfInterest(image: 0, box: BoundingBox(number(), number(), number(), number()))
      }
      #expect(pooling(features, regions: regions, scale: 0.5).isFinite().all())
    }
  }
}
