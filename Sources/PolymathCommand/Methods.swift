import ArgumentParser
import Experiments
import MultitaskLearning

struct Methods: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the multi-task methods, or describe some of them.",
    discussion:
      "A weighting, an aggregator, a schedule and an adaptation together make a method: polymath train --method uw+pcgrad."
  )

  @Argument(help: "The name of a method, or several names joined by +.")
  var name: String?

  func run() throws {
    guard let name else {
      print(MethodCatalogue.overview)
      return
    }
    print(try MethodCatalogue.description(of: name))
  }
}
