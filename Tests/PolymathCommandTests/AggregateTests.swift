import Foundation
import MultitaskLearning
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct AggregateTests {
  private func aggregate(_ method: String, _ file: String, _ arguments: [String] = []) throws -> Command.Result {
    try withTemporaryFolder { folder in
      try Data(file.utf8).write(to: folder.appendingPathComponent("g.json"))
      return try Command.run(["aggregate", method, "--gradients", "g.json"] + arguments, in: folder)
    }
  }

  @Test func directionsAndWeightsArePrinted() throws {
    let file = #"{"gradients": [[1, 0], [-1, 1]], "losses": [1, 2], "order": "ascending"}"#
    let result = try aggregate("pcgrad", file)
    #expect(result.succeeded, "\(result.errors)")
    // By hand: g1 loses its part along g2, (½, ½); g2 its part along g1, (0, 1).
    #expect(result.output == #"{"direction":[0.5,1.5],"weights":[2,1.5]}"# + "\n")
    let steps = try aggregate("gradvac", #"{"steps": [\#(file), \#(file)]}"#)
    #expect(steps.succeeded && steps.output.hasPrefix("[{") && steps.output.contains("},{"))
    let dropped = try aggregate("graddrop", #"{"gradients": [[1, 2], [-3, 2]], "draws": [0.1, 0.5]}"#)
    #expect(dropped.output == #"{"direction":[1,4]}"# + "\n")
    let shortest = try aggregate("mgda", #"{"gradients": [[1, 0], [2, 0]]}"#)
    #expect(shortest.output == #"{"direction":[1,0],"weights":[1,0]}"# + "\n")
    let cagrad = try aggregate("cagrad", file, ["--set", "c=0", "--set", "rescale=0"])
    let preferred = try aggregate("upgrad", file, ["--set", "preference=0:2,1:0.5"])
    let plain = try aggregate("upgrad", file)
    #expect(preferred.succeeded && preferred.output != plain.output, "\(preferred.errors)")
    let balanced = try aggregate("db-mtl", file, ["--set", "beta=0"])
    #expect(balanced.succeeded && balanced.output.hasPrefix(#"{"direction":["#), "\(balanced.errors)")
    let chosen = try aggregate("krum", #"{"gradients": [[1, 0], [1, 1], [9, 9], [1, 0.5]]}"#, ["--set", "byzantine=0"])
    #expect(chosen.output == #"{"direction":[1,0.5],"weights":[0,0,0,1]}"# + "\n")
    #expect(cagrad.output == #"{"direction":[0,0.5],"weights":[0.5,0.5]}"# + "\n")
  }

  @Test func wrongFilesAreAnswered() throws {
    let mistakes: [(method: String, file: String, arguments: [String], answer: String)] = [
      ("sum", #"{"gradients": [[1, 2], [3]]}"#, [], "row 1 has 1 elements, but row 0 has 2"),
      ("sum", #"{"gradients": []}"#, [], "has no gradients"),
      ("sum", #"{"gradients": [[1, NaN]]}"#, [], "finite numbers"),
      ("sum", #"{"gradients": [[1, 1e999]]}"#, [], "finite"),
      ("pcgrad", #"{"gradients": [[1e200, 0], [-1e200, 1e200]]}"#, [], "norms have to be below"),
      ("sum", #"{"gradients": [[1]], "losses": [1, 2]}"#, [], "one for each row"),
      ("sum", "", [], "is not {"),
      ("summ", #"{"gradients": [[1]]}"#, [], "Did you mean 'sum'?"),
      ("uw", #"{"gradients": [[1]]}"#, [], "'uw' is a kind of loss weighting, not of gradient aggregator"),
      ("cagrad", #"{"gradients": [[1]]}"#, ["--set", "c=-1"], "has to be a number from 0.0 to 10.0"),
      (
        "mgda", #"{"gradients": [[1], [2]], "losses": [1, -1]}"#, ["--set", "normalization=loss"],
        "losses of at least 0"
      ),
      ("imtl", #"{"gradients": [[1], [2]]}"#, [], "needs 'losses'"),
      ("db-mtl", #"{"gradients": [[1], [2]]}"#, [], "needs 'losses'"),
      ("upgrad", #"{"gradients": [[1], [2]]}"#, ["--set", "preference=0:1"], "no preference for the task '1'"),
      ("pcd", #"{"gradients": [[1], [2]]}"#, ["--set", "primary=2"], "a task that is not there"),
      ("mgda", #"{"gradients": [[1], [2]]}"#, ["--set", "normalization=loss"], "needs 'losses'"),
      ("nash-mtl", #"{"gradients": [[1, 1], [0, 0]]}"#, [], "task 1"),
      ("nash-mtl", #"{"gradients": [[1, 1], [-1, -1]]}"#, [], "cancel each other out"),
      ("cosreg", #"{"gradients": [[1, 2], [3, 4]]}"#, [], "only the sum of the rows would be left"),
      ("gradvac", #"{"steps": [{"gradients": [[1], [2]]}, {"gradients": [[1]]}]}"#, [], "step 1: has 1 rows"),
    ]
    for mistake in mistakes {
      let result = try aggregate(mistake.method, mistake.file, mistake.arguments)
      #expect(!result.succeeded && result.errors.contains(mistake.answer), "\(mistake.file): \(result.errors)")
    }
  }

  /// JSON has no number for what is not finite: either there is a direction, or the file is named.
  @Test(arguments: ["1e-170", "1e-200", "1e-300", "5e-324", "1e149"])
  func extremeGradientsHaveADirectionOrAnAnswer(_ size: String) throws {
    let file = #"{"gradients": [[1, 0], [-\#(size), \#(size)]], "losses": [1, 1], "order": "ascending"}"#
    let methods = MethodRegistry.aggregators.map(\.name).filter { $0 != "cosreg" }
    #expect(methods.count > 10)
    for method in methods {
      let result = try aggregate(method, file)
      if result.succeeded {
        #expect(result.output.hasPrefix(#"{"direction":["#) && result.errors.isEmpty, "\(method): \(result.output)")
      } else {
        #expect(result.status == 1 && !result.errors.contains("EncodingError"), "\(method): \(result.errors)")
        #expect(result.errors.hasPrefix("Error: "), "\(method): \(result.errors)")
      }
    }
  }
}
