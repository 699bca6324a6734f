import NeuralNetworks
import Torch

/// An encoder that is a sequence of stages, each of which has one map, and the first of which is the stem.
public protocol StagedEncoder: SteppedEncoder {
  /// The stages in order, the first of which takes the images.
  var stages: [EncoderStage] { get }

  /// Returns the feature maps from the outputs of all stages.
  func features(ofStages outputs: [Streams]) -> [Streams]
}

extension StagedEncoder {
  /// The stages.
  public var steps: [EncoderStep] {
    stages.enumerated().map { EncoderStep($1.name, channels: $1.channels, isStem: $0 == 0, $1.layers) }
  }

  /// Returns the feature maps from the outputs of all stages.
  public func features(ofSteps outputs: [StepMaps], _ context: ForwardContext) -> [Streams] {
    features(ofStages: outputs.map { $0.maps[0] })
  }
}

/// A part of an encoder between two points at which tasks may exchange features.
public struct EncoderStage: StreamLayer {
  /// The name by which public code calls the stage, such as `layer1`.
  public let name: String
  /// The number of channels of the output.
  public let channels: Int
  /// The number of pixels of the image that one step of the output is.
  public let stride: Int
  /// The layers in order, the last of which is the stage's last block.
  public let layers: [any StreamLayer]

  /// Creates a stage.
  public init(_ name: String, channels: Int, stride: Int, _ layers: [any StreamLayer]) {
    self.name = name
    self.channels = channels
    self.stride = stride
    self.layers = layers
  }

  /// Returns the stage's output for each stream.
  public func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    layers.reduce(input) { $1($0, context) }
  }
}
