import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionMetrics

@Suite struct MetricReferenceTests {
  private func cases(_ name: String) throws -> Reference {
    let url = Bundle.module.bundleURL.appendingPathComponent("Resources/\(name).json")
    return try Reference(contentsOf: url)["cases"]
  }

  private func check(_ found: Double?, _ expected: Double, _ what: String, relative: Double = 1e-8) {
    guard let found else {
      Issue.record("\(what) is missing")
      return
    }
    #expect(abs(found - expected) <= relative * max(1, abs(expected)), "\(what): \(found), not \(expected)")
  }

  @Test func quantitiesArePooledOverKnownValues() {
    var metric = QuantityMetric()
    metric.add(prediction: [0.5, 0.25, 0.9], truth: [0.25, 0.25, 255], known: [true, true, false])
    metric.add(prediction: [1, 0], truth: [0.5, 0.25])
    check(metric.value("L1"), 0.25, "L1")
    check(metric.value("rmse"), (0.375 / 4).squareRoot(), "rmse")
  }

  @Test(arguments: ["semseg", "human_parts"])
  func segmentation(_ file: String) throws {
    let cases = try cases(file)
    for name in cases.keys {
      let record = cases[name]
      var metric = SegmentationMetric(classCount: record["n_classes"].int)
      // Image by image: streaming must not change the result.
      for (prediction, truth) in paired(record["pred"].array, record["gt"].array) {
        metric.add(
          labels: prediction.flatDoubles.map { Int($0) }, truth: truth.flatDoubles.map { Int($0) },
          known: truth.flatDoubles.known)
      }
      let derived = record["derived"]
      check(metric.value("mIoU"), record["meter"]["mIoU"].double, "\(name) mIoU", relative: 1e-5)
      check(metric.value("mIoU present"), derived["mIoU_present"].double, "\(name) mIoU present")
      check(metric.value("pixel accuracy"), derived["pixel_acc"].double, "\(name) pixel accuracy")
      check(metric.value("mean accuracy"), derived["mean_acc"].double, "\(name) mean accuracy")
    }
  }

  @Test func depth() throws {
    let cases = try cases("depth")
    let names = [
      "rmse": "rmse", "log_rmse": "log_rmse", "abs_rel": "abs_rel", "sq_rel": "sq_rel", "abs_err": "abs_err",
      "δ1": "delta1", "δ2": "delta2", "δ3": "delta3",
    ]
    for name in cases.keys {
      let record = cases[name]
      let invalid = record["invalid_where_gt_equals"].double
      var metric = DepthMetric()
      for (prediction, truth) in paired(record["pred"].array, record["gt"].array) {
        let depths = truth.flatDoubles
        metric.add(prediction: prediction.flatDoubles, truth: depths, known: depths.map { $0 != invalid })
      }
      for (own, theirs) in names { check(metric.value(own), record["derived"][theirs].double, "\(name) \(own)") }
    }
  }

  @Test func normals() throws {
    let cases = try cases("normals")
    let names = ["mean": "mean", "median": "median", "rmse": "rmse", "11.25°": "11.25", "22.5°": "22.5", "30°": "30"]
    for name in cases.keys {
      let record = cases[name]
      let prediction = record["pred"].flatDoubles.map { 2 * $0 / 255 - 1 }
      let valid = record["valid"].flatDoubles
      let truth = record["gt"].flatDoubles
      let known = truth.indices.map { valid[$0 / 3] == 1 }
      var metric = NormalsMetric()
      let half = truth.count / 6 * 3
      metric.add(prediction: Array(prediction[..<half]), truth: Array(truth[..<half]), known: Array(known[..<half]))
      metric.add(prediction: Array(prediction[half...]), truth: Array(truth[half...]), known: Array(known[half...]))
      for (own, theirs) in names {
        check(metric.value(own), record["derived"][theirs].double, "\(name) \(own)", relative: 2e-8)
      }
    }
  }

  @Test func saliency() throws {
    let cases = try cases("saliency")
    for name in cases.keys {
      let record = cases[name]
      var metric = SaliencyMetric()
      var sigmoid = SaliencyMetric(pooledScore: .sigmoidOfProbability)
      for (prediction, truth) in paired(record["pred"].array, record["gt"].array) {
        let probability = prediction.flatDoubles.map { Float($0) / 255 }
        let labels = truth.flatDoubles.map { Int($0) }
        metric.add(probability: probability, truth: labels, known: labels.known)
        sigmoid.add(probability: probability, truth: labels, known: labels.known)
      }
      if record.has("mtlpytorch_meter_one_batch") {
        check(metric.value("mIoU"), record["mtlpytorch_meter_one_batch"]["mIoU"].double, "\(name) mIoU", relative: 1e-5)
        check(metric.value("maxF"), record["mtlpytorch_meter_one_batch"]["maxF"].double, "\(name) maxF", relative: 1e-5)
      }
      check(
        metric.value("maxF pooled"), record["derived_no_sigmoid"]["maxF_beta2_0.3"].double, "\(name) pooled",
        relative: 1e-6)
      check(
        sigmoid.value("maxF pooled"), record["selupdate_meter"]["maxF"].double, "\(name) with sigmoid", relative: 1e-5)
    }
  }

  @Test func edges() throws {
    let cases = try cases("edge")
    for name in cases.keys {
      for (weight, key) in [
        (EdgeMetric.PositiveWeight.fixed(0.95), "derived_pos_weight_0.95"),
        (.negativeFraction, "derived_pos_weight_none"),
      ] {
        var metric = EdgeMetric(positiveWeight: weight)
        for (prediction, truth) in paired(cases[name]["pred"].array, cases[name]["gt"].array) {
          metric.add(
            logits: prediction.flatDoubles.map { $0 / 255 }, truth: truth.flatDoubles.map { Int($0) },
            known: truth.flatDoubles.known)
        }
        check(metric.value("loss"), cases[name][key]["loss"].double, "\(name) \(key)")
      }
    }
  }

  @Test func relativeGains() throws {
    let url = Bundle.module.bundleURL.appendingPathComponent("Resources/delta_m.json")
    let reference = try Reference(contentsOf: url)
    func results(_ values: [Double], _ lower: [Bool]) -> [MetricResult] {
      paired(values, lower).map { MetricResult("", $0, $1 ? .lowerIsBetter : .higherIsBetter) }
    }
    for name in reference["cases"].keys {
      let record = reference["cases"][name]
      let lower = record["lower_is_better"].array.map(\.bool)
      let found = deltaM(multitask: results(record["multi"].doubles, lower), baseline: record["single"].doubles)
      check(found, record["delta_m"].double, name)
    }
    let table = reference["paper_table"]
    for row in table["rows"].keys {
      let multi = table["rows"][row]["multi"].doubles
      let found = deltaM(
        multitask: results(multi, multi.map { _ in table["lower_is_better"].bool }), baseline: table["single"].doubles)
      check(found.map { 100 * $0 }, table["rows"][row]["delta_m_percent"].double, row)
    }
    let several = reference["libmtl_multi_metric"]
    let tasks = several["base"].keys
    let found = deltaM(
      multitaskByTask: tasks.map { task in
        results(several["new"][task].doubles, several["higher_is_better"][task].doubles.map { $0 == 0 })
      }, baselineByTask: tasks.map { several["base"][$0].doubles })
    check(found, several["improvement"].double, "several metrics")
  }
}

@Suite struct MetricTests {
  @Test func tensorsGiveTheSameAsNumbers() {
    let logits = Tensor([1, 5, 2, 0, 3, 1] as [Float], shape: [1, 3, 1, 2])
    var a = SegmentationMetric(classCount: 3)
    a.add(prediction: logits, target: Labels(Tensor([0, 0] as [Int], shape: [1, 1, 2])))
    var b = SegmentationMetric(classCount: 3)
    b.add(labels: [2, 0], truth: [0, 0])
    #expect(a.results == b.results)
  }

  @Test func edgesWithinAPixelMatch() {
    var metric = EdgeMetric()
    var truth = [Float](repeating: 0, count: 64)
    var logits = [Float](repeating: -9, count: 64)
    for row in 0..<8 {
      truth[row * 8 + 3] = 1
      logits[row * 8 + 4] = 9
    }
    metric.add(prediction: Tensor(logits, shape: [1, 1, 8, 8]), target: Labels(Tensor(truth, shape: [1, 1, 8, 8])))
    #expect(metric.value("odsF") == 1)
    var far = EdgeMetric()
    let shifted = Tensor(logits, shape: [1, 1, 8, 8]).flipped(axes: [3])[.ellipsis, 0..<8]
    far.add(
      prediction: shifted.flipped(axes: [3]).padded([3, 0], value: -9)[.ellipsis, 0..<8],
      target: Labels(Tensor(truth, shape: [1, 1, 8, 8])))
    #expect(far.value("odsF")! < 0.5)
  }
}
