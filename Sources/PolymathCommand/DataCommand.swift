import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning
import VisionData

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Create data sets.", subcommands: [WriteScenes.self])
}
