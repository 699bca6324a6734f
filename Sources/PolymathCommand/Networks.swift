import ArgumentParser
import Experiments

struct Networks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the parts of networks, or describe one of them.",
    discussion:
      "An encoder, decoders and a way of sharing together make a network: polymath train --set network.encoder=vit-tiny --set network.decoder=convolution."
  )

  @Argument(help: "The name of an encoder, a decoder or a way of sharing.")
  var name: String?

  @Flag(help: "List which encoders, ways of sharing and decoders go together.")
  var table = false

  func validate() throws {
    guard !table || name == nil else { throw ValidationError("--table is about all parts: leave '\(name!)' out") }
  }

  func run() throws {
    guard let name else {
      print(table ? NetworkTable().text : NetworkCatalogue.overview)
      return
    }
    print(try NetworkCatalogue.description(of: name))
  }
}
