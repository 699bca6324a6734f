import NeuralNetworks
import Torch

/// Two (basic) or three (bottleneck) convolutions beside a shortcut; named as in torchvision.
struct ResidualBlock: Layer {
  private let stages: [(convolution: Convolution, norm: TaskNormalization)]
  private let shortcut: (convolution: Convolution, norm: TaskNormalization)?

  /// - Parameter firstDilation: of the convolution that would have had the stride in an undilated network.
  init(
    _ path: ParameterPath, _ kind: ResNet.Configuration.BlockKind, from inputs: Int, planes: Int, stride: Int,
    firstDilation: Int, dilation: Int, normalizationTasks tasks: [String]?
  ) {
    func stage(_ index: Int, from: Int, to: Int, kernel: Int, stride: Int = 1, dilation: Int = 1)
      -> (Convolution, TaskNormalization)
    {
      (
        Convolution(
          path["conv\(index)"], from: from, to: to, kernel: kernel, stride: stride, dilation: dilation,
          hasBias: false, weight: .kaiming(fanOut: to * kernel * kernel)),
        TaskNormalization(path["bn\(index)"], channels: to, tasks: tasks)
      )
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
    if stride != 1 || inputs != outputs {
      shortcut = (
        Convolution(
          path["downsample", "0"], from: inputs, to: outputs, kernel: 1, stride: stride, hasBias: false,
          weight: .kaiming(fanOut: outputs)),
        TaskNormalization(path["downsample", "1"], channels: outputs, tasks: tasks)
      )
    } else {
      shortcut = nil
    }
  }

  /// Every convolution with its normalization.
  var normalized: [(convolution: Convolution, norm: TaskNormalization)] { stages + (shortcut.map { [$0] } ?? []) }

  func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    var x = input
    for (index, stage) in stages.enumerated() {
      x = stage.norm(stage.convolution(x, context), context)
      if index < stages.count - 1 { x = x.relu() }
    }
    let identity = shortcut.map { $0.norm($0.convolution(input, context), context) } ?? input
    return (x + identity).relu()
  }
}
