import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning
import VisionData

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at data sets, convert and create them.",
    subcommands: [InspectData.self, ConvertData.self, WriteScenes.self])
}
