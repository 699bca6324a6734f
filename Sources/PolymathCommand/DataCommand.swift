import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning
import VisionData

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make data sets.", subcommands: [WriteScenes.self])
}
