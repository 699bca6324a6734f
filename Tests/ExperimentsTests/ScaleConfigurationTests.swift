import MultitaskLearning
import TestSupport
import Testing

import Experiments

/// The scale of methods as a configuration sets it.
@Suite struct ScaleConfigurationTests {
  @Test func workloadsHaveAScale() throws {
    for (changes, scale) in [
      ([], MethodScale.native), (["method.scale=common"], .common), (["method.scale=native"], .native),
    ] as [([String], MethodScale)] {
      var configuration = Configuration()
      for change in changes { try configuration.apply(assignment: change) }
      #expect(try ResolvedConfiguration(configuration).method.scale == scale)
    }
    for (changes, scale) in [([], MethodScale.common), (["method.scale=native"], .native)]
      as [([String], MethodScale)]
    {
      let configuration = try DetectionTrainingTests.configuration(changes)
      #expect(try ResolvedConfiguration(configuration).method.scale == scale)
      // What is written says the same.
      #expect(try Configuration(yaml: configuration.yaml) == configuration)
    }
  }

  @Test func otherScalesAreRefused() {
    var configuration = Configuration()
    #expect { try configuration.apply(assignment: "method.scale=seven") } throws: {
      "\($0)".contains("one of automatic, common, native")
    }
  }
}
