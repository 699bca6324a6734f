import NeuralNetworks
import Torch
import VisionNetworks

/// Decoders in which tasks exchange what they have found: each task makes a first prediction, and the final one of each
/// task is made from the features and from all first predictions. The first prediction is trained, too.
public struct TalkingHeads: TaskDecoders {
  private let first: [Convolution]
  private let final: [Convolution]

  /// - Parameter root: where the network's names begin, behind the features.
  public init(_ root: ParameterPath, _ request: DecoderRequest) {
    let outputs = request.outputs
    let (width, sum) = (request.featureChannels.last!, outputs.reduce(0) { $0 + $1.channels })
    // The loss of every task reaches every first prediction, but a final one is a task's own.
    first = outputs.map { Convolution(root["first", $0.task], from: width, to: $0.channels, kernel: 1) }
    final = outputs.map { output in
      Convolution(
        root["final", output.task].reached(by: .task(output.task)), from: width + sum, to: output.channels, kernel: 1)
    }
  }

  public func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    let maps = first.indices.map { features.maps(of: $0).last! }
    let guesses = zip(first, maps).map { $0($1, context) }
    func enlarged(_ map: Tensor) -> Tensor { map.resized(height: size.height, width: size.width, .bilinear) }
    return tasks.map { task in
      let output = final[task](.concatenated([maps[task]] + guesses, axis: 1), context)
      return TaskPrediction(
        enlarged(output), auxiliary: [AuxiliaryPrediction("first", weight: 0.5, enlarged(guesses[task]))])
    }
  }

  public static let entry = DecoderEntry(
    "talking-heads", summary: "Tasks exchange their first predictions.", paper: "an example",
    traits: DecoderTraits([.exchange])
  ) { root, request in TalkingHeads(root, request) }
}
