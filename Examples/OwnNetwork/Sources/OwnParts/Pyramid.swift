import NeuralNetworks
import Torch
import VisionNetworks

/// An encoder: three convolutions, each of which halves the image. It asks a kit for its layers, so that tasks can share it
/// in every way there is.
public struct Pyramid: Encoder {
  private let layers: [any StreamLayer]

  public init(_ path: ParameterPath, imageChannels: Int, kit: any LayerKit = PlainKit()) {
    let channels = [imageChannels] + Self.channels
    layers = Self.channels.indices.map { level in
      var shape = ConvolutionShape(from: channels[level], to: channels[level + 1], kernel: 3)
      shape.stride = 2
      return kit.convolution(path["conv\(level)"], normalizedAt: path["norm\(level)"], shape)
    }
  }

  private static let channels = [8, 16, 24]
  public var featureChannels: [Int] { Self.channels }
  public var featureStrides: [Int] { [2, 4, 8] }

  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    var stream = Streams(images)
    return layers.map { layer in
      stream = layer(stream, context).map { $0.relu() }
      return stream
    }
  }

  public static let entry = EncoderEntry(
    "pyramid", summary: "Three convolutions.", paper: "an example",
    traits: EncoderTraits(sizeMultiple: 8, capabilities: [.batchNormalization])
  ) { path, request, kit in Pyramid(path, imageChannels: request.imageChannels, kit: kit) }
}
