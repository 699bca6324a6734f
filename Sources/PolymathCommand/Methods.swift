import ArgumentParser
import Experiments
import MultitaskLearning

struct Methods: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the multi-task methods, or describe one.",
    discussion:
      "A weighting, an aggregator, a schedule and an adaptation make a method together: polymath train --method uw+pcgrad."
  )

  @Argument(help: "A method's name, or several joined by +.")
  var name: String?

  func run() throws {
    guard let name else {
      print(MethodCatalogue.overview)
      return
    }
    print(try MethodCatalogue.description(of: name))
  }
}
