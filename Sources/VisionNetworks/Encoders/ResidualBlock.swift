import NeuralNetworks
import Torch

/// Two (basic) or three (bottleneck) convolutions beside a shortcut, whose entries are named as in torchvision.
struct ResidualBlock: StreamLayer {
  /// The properties that all blocks of a network have in common.
  struct Style {
    /// The distribution of the first weights.
    enum Kernels {
      /// Normal, of variance 2 / fan_out.
      case kaiming
      /// libtorch's default.
      case uniform
    }

    var kernels = Kernels.kaiming
    /// The weight of a batch's statistics in the running ones.
    var momentum = 0.1
    /// What becomes of the input where the size or the number of channels changes.
    var shortcut = ResNet.Configuration.Shortcut.projection

    /// The style of the blocks in decoders.
    static let decoder = Style(kernels: .uniform)
  }

  private let stages: [any StreamLayer]
  private let shortcut: (any StreamLayer)?

  /// - Parameters:
  ///   - firstDilation: the dilation of the convolution that has the stride in a network that is not dilated.
  ///   - dilation: the dilation of the other 3×3 convolutions.
  init(
    _ path: ParameterPath, _ kind: ResNet.Configuration.BlockKind, from inputs: Int, planes: Int, stride: Int = 1,
    firstDilation: Int = 1, dilation: Int = 1, style: Style = Style(), kit: any LayerKit = PlainKit()
  ) {
    func convolution(
      _ path: ParameterPath, _ norm: ParameterPath, from: Int, to: Int, kernel: Int, stride: Int = 1, dilation: Int = 1
    ) -> any StreamLayer {
      var shape = ConvolutionShape(from: from, to: to, kernel: kernel)
      shape.stride = stride
      shape.dilation = dilation
      shape.momentum = style.momentum
      if style.kernels == .kaiming { shape.weight = .kaiming(fanOut: to * kernel * kernel) }
      return kit.convolution(path, normalizedAt: norm, shape)
    }
    func stage(_ index: Int, from: Int, to: Int, kernel: Int, stride: Int = 1, dilation: Int = 1) -> any StreamLayer {
      convolution(
        path["conv\(index)"], path["bn\(index)"], from: from, to: to, kernel: kernel, stride: stride, dilation: dilation
      )
    }
    let outputs = planes * kind.expansion
    switch kind {
    case .basic:
      stages = [
        stage(1, from: inputs, to: planes, kernel: 3, stride: stride, dilation: firstDilation),
        stage(2, from: planes, to: planes, kernel: 3, dilation: dilation),
      ]
    case .bottleneck:
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
    shortcut =
      switch style.shortcut {
      case .projection:
        convolution(
          path["downsample", "0"], path["downsample", "1"], from: inputs, to: outputs, kernel: 1, stride: stride)
      case .padding: PaddedShortcut(from: inputs, to: outputs, stride: stride)
      }
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

/// Every second pixel or every pixel, with channels of zeros around the input's: a shortcut without parameters.
private struct PaddedShortcut: StreamLayer {
  let before: Int
  let after: Int
  let stride: Int

  init(from inputs: Int, to outputs: Int, stride: Int) {
    before = (outputs - inputs) / 2
    after = outputs - inputs - before
    self.stride = stride
  }

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    input.map { $0[.all, .all, .every(stride), .every(stride)].padded([0, 0, 0, 0, before, after]) }
  }
}
