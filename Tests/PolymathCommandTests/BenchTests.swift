import Foundation
import TestSupport
import Testing

/// What is measured, not how fast it is.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BenchTests {
  private func step(_ arguments: [String]) throws -> Command.Result {
    try withTemporaryFolder { folder in
      try Command.run(
        ["bench", "step", "--tasks", "3", "--size", "32", "--batch", "1", "--rounds", "1", "--threads", "2"]
          + arguments,
        in: folder)
    }
  }

  @Test(arguments: [
    (["--method", "uw", "--encoder", "vit_micro"], "a joint forward and backward pass\n"),
    (["--method", "upgrad", "--encoder", "vit_micro"], "one forward and 3 backward passes"),
    (["--method", "mgda", "--level", "features", "--encoder", "vit-micro"], "a joint step with equal weights"),
    (["--method", "selective-groups", "--encoder", "vit_micro"], "for each group"),
    (
      ["--method", "connection-strength", "--set", "method.schedule.mixture=phase2", "--encoder", "resnet18"],
      "a forward and a backward pass for each of 3 tasks"
    ),
    (
      ["--encoder", "resnet20_quarter", "--sharing", "{name: mtan, middle: full}", "--decoder", "last-map"],
      "a joint forward"
    ),
    (["--method", "dtme", "--set", "method.adaptation.samples=2", "--encoder", "vit_micro"], "to the tokens for each"),
  ])
  func everyKindHasItsFloor(arguments: [String], floor: String) throws {
    let result = try step(arguments)
    #expect(result.succeeded, "\(result.errors)")
    #expect(result.output.contains(floor) && result.output.contains("ratio: "), "\(result.output)")
  }

  @Test func gatesAreMeasured() throws {
    try withTemporaryFolder { folder in
      let options = ["--encoder", "resnet20_quarter", "--size", "16x32", "--batch", "2", "--rounds", "1"]
      let inference = try Command.run(["bench", "gates"] + options + ["--own", "0.5", "0.1"], in: folder)
      #expect(inference.succeeded, "\(inference.errors)")
      for text in ["own channels: 0.1", "single-task networks", "pruned: ", "FLOPs 1.000"] {
        #expect(inference.output.contains(text), "\(inference.output)")
      }
      let training = try Command.run(["bench", "gates", "--training"] + options, in: folder)
      #expect(training.output.contains("4 steps of a network of") && training.output.contains("ratio: "))
      let fraction = try Command.run(["bench", "gates", "--own", "2"], in: folder)
      #expect(fraction.errors.contains("fractions from 0 to 1"), "\(fraction.errors)")
    }
  }

  @Test func detectionIsMeasured() throws {
    try withTemporaryFolder { folder in
      let operators = try Command.run(["bench", "detection", "--rounds", "1", "--threads", "2"], in: folder)
      #expect(operators.succeeded, "\(operators.errors)")
      for text in ["RoIAlign forward: ", "RoIAlign backward: ", "non-maximum suppression: "] {
        #expect(operators.output.contains(text), "\(operators.output)")
      }
      let step = try Command.run(
        ["bench", "detection", "--training", "--rounds", "1", "--threads", "2", "--method", "uw+pcgrad"], in: folder)
      #expect(step.succeeded && step.output.contains("7 backward passes") && step.output.contains("ratio: "))
      let sum = try Command.run(
        ["bench", "detection", "--training", "--rounds", "1", "--threads", "2", "--method", "equal"], in: folder)
      #expect(sum.succeeded && sum.output.contains("a joint forward and backward pass"), "\(sum.errors)")
      for (options, message) in [
        (["--method", "mgda"], "which --training measures"), (["--training", "--serve"], "leave out --training"),
        (["--rounds", "0"], "--rounds is 0, but has to be at least 1"),
      ] {
        let refused = try Command.run(["bench", "detection"] + options, in: folder)
        #expect(!refused.succeeded && refused.errors.contains(message), "\(refused.errors)")
      }
      let unknown = try Command.run(["bench", "detection", "--training", "--method", "pcgrat"], in: folder)
      #expect(unknown.errors.contains("Did you mean 'pcgrad'?"), "\(unknown.errors)")
    }
  }

  @Test func mistakesAreAnswered() throws {
    #expect(try step(["--encoder", "vit_tiny"]).errors.contains("Did you mean 'vit-tiny'?"))
    #expect(try step(["--method", "connection-strength", "--encoder", "vit_micro"]).errors.contains("resnet18"))
    #expect(try step(["--method", "dtme", "--encoder", "resnet18"]).errors.contains("transformer"))
    #expect(try step(["--set", "training.steps=3"]).errors.contains("takes settings of the method"))
    #expect(try step(["--encoder", "vit_micro", "--size", "30"]).errors.contains("multiple of 8"))
    #expect(
      try step(["--encoder", "vit_micro", "--sharing", "mtan"]).errors.contains("layers to which tasks can attend"))
    #expect(try step(["--encoder", "vit_micro", "--decoder", "linear"]).errors.contains("whole images"))
  }
}
