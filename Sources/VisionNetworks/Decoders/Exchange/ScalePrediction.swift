import NeuralNetworks
import Torch

/// The features of every task at one scale, and the initial prediction of each from its features.
struct ScalePrediction {
  private let refinements: [ResidualBlocks]
  private let predictions: [Convolution]

  /// - Parameters:
  ///   - inputs: the channels of the encoder's map.
  ///   - propagated: the channels of what comes from the next coarser scale; 0 for the coarsest.
  ///   - reach: returns the tasks whose losses reach a task's features.
  init(
    _ path: ParameterPath, _ outputs: [TaskOutput], inputs: Int, propagated: Int, reach: (_ task: String) -> Reach
  ) {
    refinements = outputs.map { output in
      let path = path["refinement", output.task].reached(by: reach(output.task))
      return ResidualBlocks([
        ResidualBlock(path["0"], .basic, from: inputs + propagated, planes: inputs, style: .decoder),
        ResidualBlock(path["1"], .basic, from: inputs, planes: inputs, style: .decoder),
      ])
    }
    predictions = outputs.map {
      Convolution(path["decoders", $0.task].reached(by: .task($0.task)), from: inputs, to: $0.channels, kernel: 1)
    }
  }

  /// Returns the features of every task.
  ///
  /// - Parameters:
  ///   - maps: the encoder's map for each task.
  ///   - propagated: what each task takes from the next coarser scale; nil at the coarsest.
  func features(_ maps: [Tensor], _ propagated: [Tensor]?, _ context: ForwardContext) -> [Tensor] {
    refinements.indices.map { task in
      let input = propagated.map { [maps[task], $0[task]].concatenatedMaps() } ?? maps[task]
      return refinements[task](input, context)
    }
  }

  /// Returns a task's initial prediction from its features.
  func prediction(of task: Int, _ features: Tensor, _ context: ForwardContext) -> Tensor {
    predictions[task](features, context)
  }
}
