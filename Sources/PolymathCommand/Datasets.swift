import ArgumentParser
import Experiments

struct Datasets: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the data sets that can be read, or describe one of them.",
    discussion: "A run names a folder, and the data set if the folder fits several: polymath train --set data.folder=…")

  @Argument(help: "The name of a data set.")
  var name: String?

  func run() throws {
    guard let name else {
      print(DatasetCatalogue.overview)
      return
    }
    print(try DatasetCatalogue.description(of: name))
  }
}
