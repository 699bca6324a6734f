// Trains networks that are made of parts from this package, beside those of the library.
import Experiments
import Foundation
import MultitaskLearning
import NeuralNetworks
import OwnParts

func run() throws {
  try registerOwnParts()
  let folder = URL(
    fileURLWithPath: CommandLine.arguments.dropFirst().first ?? NSTemporaryDirectory() + "own-network-\(getpid())")

  // A configuration names them, as it names those of the library.
  let configuration = try Configuration(
    yaml: """
      data: {reader: stripes, tasks: [color, distance], height: 32, width: 32, trainingCount: 64, validationCount: 16}
      network: {encoder: pyramid, decoder: talking-heads, sharing: task-normalization}
      method: {weighting: {name: largest-first, factor: 3}, aggregator: equal-lengths}
      optimizer: {learningRate: 0.005, groups: [{parameters: "final.*", learningRateFactor: 2}]}
      training: {steps: 300, batchSize: 8, evaluateEvery: 0}
      run: {threads: 2}
      """)
  let session = try TrainingSession(
    configuration, folder: RunFolder(folder.appendingPathComponent("stripes")), existing: .refuse)
  guard try session.run(shouldStop: { false }) == .finished, let evaluation = session.trainer.lastEvaluation else {
    fatalError("the training did not end")
  }
  print(ResultTable(evaluation, reference: session.trainer.trivial).text)

  // A workload is trained without any configuration, too.
  let trainer = try Trainer(
    BoxWorkload(seed: 1),
    TrainingPlan(method: MultitaskMethod(aggregator: EqualLengths()), optimizer: Adam(), steps: 200),
    folder: RunFolder(folder.appendingPathComponent("boxes")))
  guard try trainer.run() == .finished, let boxes = trainer.lastEvaluation else {
    fatalError("the training did not end")
  }
  print(ResultTable(boxes, reference: trainer.trivial).text)

  // And the pieces serve alone.
  print("a loop of one's own ends at the losses", try ownLoop(UPGrad(), steps: 100))
}

do { try run() } catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
