import NeuralNetworks
import Torch

/// A task's features and prediction from which an inverted pyramid starts.
struct InvPTPreliminary {
  private let convolutions: Sequential
  private let prediction: Convolution
  private let mixing: Convolution

  /// Registers the layers.
  ///
  /// - Parameters:
  ///   - path: the place of all of the decoder's entries.
  ///   - output: the task with the channels of its prediction.
  ///   - inputs: the channels of the encoder's last map.
  ///   - configuration: the widths.
  init(_ path: ParameterPath, _ output: TaskOutput, inputs: Int, _ configuration: InvPTDecoders.Configuration) {
    let blocks = path["preliminary_decoder", output.task]
    let widths = [inputs, inputs, configuration.width]
    convolutions = Sequential(
      (0...1).flatMap { index -> [any Layer] in
        let (from, to) = (widths[index], widths[index + 1])
        return [
          Convolution(blocks[index]["conv"], from: from, to: to, kernel: 3, hasBias: false),
          BatchNormalization(blocks[index]["bn1"], channels: to), Activation.relu,
        ]
      })
    prediction = Convolution(
      path["intermediate_head", output.task], from: configuration.width, to: output.channels, kernel: 1)
    mixing = Convolution(
      path["invpt", "mix_proj", output.task, "0"], from: configuration.width + output.channels,
      to: configuration.stageWidths[0], kernel: 1)
  }

  /// - Parameter map: the encoder's last map at half of its size.
  /// - Returns: the map with which the pyramid starts, and the prediction, both of the same size.
  func callAsFunction(_ map: Tensor, _ context: ForwardContext) -> (map: Tensor, prediction: Tensor) {
    let features = convolutions(map, context)
    let logits = prediction(features, context)
    return (mixing(.concatenated([features, logits], axis: 1), context), logits)
  }
}
