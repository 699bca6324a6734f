import NeuralNetworks
import Torch

/// Two (basic) or three (bottleneck) convolutions beside a shortcut, whose entries are named as in torchvision.
struct ResidualBlock: StreamLayer {
  private let stages: [any StreamLayer]
  private let shortcut: (any StreamLayer)?

  /// - Parameter firstDilation: the dilation of the convolution that has the stride in a network that is not dilated.
  init(
    _ path: ParameterPath, _ kind: ResNet.Configuration.BlockKind, from inputs: Int, planes: Int, stride: Int,
    firstDilation: Int, dilation: Int, kit: any LayerKit
  ) {
    func stage(_ index: Int, from: Int, to: Int, kernel: Int, stride: Int = 1, dilation: Int = 1)
      -> any StreamLayer
    {
      var shape = ConvolutionShape(from: from, to: to, kernel: kernel)
      shape.stride = stride
      shape.dilation = dilation
      shape.weight = .kaiming(fanOut: to * kernel * kernel)
      return kit.convolution(path["conv\(index)"], normalizedAt: path["bn\(index)"], shape)
    }
    let outputs: Int
    switch kind {
    case .basic:
      outputs = planes
      stages = [
        stage(1, from: inputs, to: planes, kernel: 3, stride: stride, dilation: firstDilation),
        stage(2, from: planes, to: planes, kernel: 3, dilation: dilation),
      ]
    case .bottleneck:
      outputs = planes * 4
      stages = [
        stage(1, from: inputs, to: planes, kernel: 1),
        stage(2, from: planes, to: planes, kernel: 3, stride: stride, dilation: firstDilation),
        stage(3, from: planes, to: outputs, kernel: 1),
      ]
    }
    guard stride != 1 || inputs != outputs else {
      shortcut = nil
      return
    }
    var shape = ConvolutionShape(from: inputs, to: outputs, kernel: 1)
    shape.stride = stride
    shape.weight = .kaiming(fanOut: outputs)
    shortcut = kit.convolution(path["downsample", "0"], normalizedAt: path["downsample", "1"], shape)
  }

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    var x = input
    for (index, stage) in stages.enumerated() {
      x = stage(x, context)
      if index < stages.count - 1 { x = x.mapChannels { $0.relu() } }
    }
    return (x + (shortcut?(input, context) ?? input)).mapChannels { $0.relu() }
  }
}
