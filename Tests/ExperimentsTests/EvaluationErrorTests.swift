import Foundation
import MultitaskLearning
import TestSupport
import Testing
import VisionMetrics

import Experiments

/// Evaluations with numbers that are not finite end a training, and say which number it is.
@Suite(.serialized) struct EvaluationErrorTests {
  private func complaint(_ workload: TinyWorkload) throws -> String {
    try withTemporaryFolder { parent in
      do {
        let trainer = try Trainer(workload, TrainingPlan(steps: 2), folder: RunFolder(parent))
        _ = try trainer.run()
        return "nothing"
      } catch { return "\(error)" }
    }
  }

  @Test func theNumberIsNamed() throws {
    let (good, bad) = (MetricResult("error", 1, .lowerIsBetter), MetricResult("rmse", .nan, .lowerIsBetter))
    let metric = try complaint(TinyWorkload(metrics: [good, bad]))
    #expect(metric.contains("step 2: the metric 'rmse' of task 'a' on the validation data is not finite (nan)"))
    #expect(!metric.contains("loss"), "\(metric)")
    let loss = try complaint(TinyWorkload(loss: .infinity, metrics: [good]))
    #expect(loss.contains("step 2: the loss of task 'a' on the validation data is not finite (inf)"), "\(loss)")
    #expect(try complaint(TinyWorkload(metrics: [good])) == "nothing")
  }

  @Test func workloadsSayWhetherTheyPredictFromImages() {
    #expect(TinyWorkload(metrics: [MetricResult("error", 1, .lowerIsBetter)]).imagePredictor == nil)
  }
}
