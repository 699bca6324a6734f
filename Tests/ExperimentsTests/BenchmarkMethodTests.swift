import MultitaskLearning
import Testing

import Experiments

/// What a measurement is compared with follows from what the parts of the method declare.
@Suite(.serialized) struct BenchmarkMethodTests {
  private func benchmark(_ method: String, encoder: String = "vit_micro") throws -> StepBenchmark {
    try StepBenchmark(
      BenchmarkMethod(method, taskCount: 2), BenchmarkNetwork(encoder: encoder, height: 32, width: 32), batchSize: 1,
      threads: 1)
  }

  @Test func floorsFollowFromTheSchedule() throws {
    #expect(try benchmark("uw").floor == .joint)
    #expect(try benchmark("pcgrad").floor == .eachTask)
    #expect(try benchmark("selective-groups").floor == .jointForEachGroup)
    #expect(try benchmark("alternating").floor == .alternating)
    #expect(try benchmark("connection-strength", encoder: "resnet18").floor == .alternating)
  }

  @Test func onlyMethodsThatGrowTokensAreMeasuredAsSuch() throws {
    #expect(try BenchmarkMethod("dtme", taskCount: 2).growsTokens)
    let plain = try BenchmarkMethod("pcgrad", level: "features", taskCount: 2)
    #expect(!plain.growsTokens && plain.level == .features)
    let network = try BenchmarkNetwork(encoder: "vit_micro", height: 32, width: 32)
    #expect { _ = try TokenBenchmark(plain, network, batchSize: 1, threads: 1) } throws: {
      "\($0)".contains("such as dtme")
    }
    #expect(throws: ConfigurationError.self) { try BenchmarkMethod("uw", level: "feature", taskCount: 2) }
  }
}
