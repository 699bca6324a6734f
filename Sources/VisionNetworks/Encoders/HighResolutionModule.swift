import NeuralNetworks
import Torch

/// Residual blocks in each branch of an ``HRNet``, and the exchange of maps between all branches behind them.
struct HighResolutionModule {
  private let branches: [[ResidualBlock]]
  /// For each branch that receives maps, what it makes of the map of each branch.
  private let fusions: [[Fusion]]

  /// - Parameters:
  ///   - widths: the channels of the branches, finest first.
  ///   - blocks: the number of basic blocks in each branch.
  ///   - fusion: the way in which the maps of coarser branches are enlarged.
  init(
    _ path: ParameterPath, widths: [Int], blocks: Int, fusion: Interpolation, style: ResidualBlock.Style,
    kit: any LayerKit
  ) {
    branches = widths.enumerated().map { branch, width in
      (0..<blocks).map {
        ResidualBlock(path["branches"][branch][$0], .basic, from: width, planes: width, style: style, kit: kit)
      }
    }
    fusions = widths.indices.map { receiver in
      widths.indices.map { sender in
        Fusion(
          path["fuse_layers"][receiver][sender], from: sender, to: receiver, widths: widths, fusion, style, kit: kit)
      }
    }
  }

  /// Returns the map of each branch.
  func callAsFunction(_ input: [Streams], _ context: ForwardContext) -> [Streams] {
    let maps = zip(input, branches).map { map, blocks in blocks.reduce(map) { $1($0, context) } }
    return zip(maps, fusions).map { own, fusions in
      let size = (height: own.size(ofAxis: 2), width: own.size(ofAxis: 3))
      let parts = zip(maps, fusions).map { $1($0, size: size, context) }
      return parts.dropFirst().reduce(parts[0], +).mapChannels { $0.relu() }
    }
  }
}

/// What a branch makes of the map of another one, or of its own.
private enum Fusion {
  /// The map as it is.
  case same
  /// A map of a coarser branch.
  case enlarged(any StreamLayer, Interpolation)
  /// A map of a finer branch.
  case reduced([any StreamLayer])

  init(
    _ path: ParameterPath, from sender: Int, to receiver: Int, widths: [Int], _ interpolation: Interpolation,
    _ style: ResidualBlock.Style, kit: any LayerKit
  ) {
    if sender == receiver {
      self = .same
      return
    }
    func shape(to outputs: Int, kernel: Int, stride: Int) -> ConvolutionShape {
      var shape = ConvolutionShape(from: widths[sender], to: outputs, kernel: kernel)
      shape.stride = stride
      shape.momentum = style.momentum
      return shape
    }
    if sender > receiver {
      self = .enlarged(
        kit.convolution(path["0"], normalizedAt: path["1"], shape(to: widths[receiver], kernel: 1, stride: 1)),
        interpolation)
      return
    }
    let last = receiver - sender - 1
    self = .reduced(
      (0...last).map { step in
        let (path, norm) = (path[step]["0"], path[step]["1"])
        return step < last
          ? RectifiedConvolution(
            path, normalizedAt: norm, shape(to: widths[sender], kernel: 3, stride: 2), kit: kit)
          : kit.convolution(path, normalizedAt: norm, shape(to: widths[receiver], kernel: 3, stride: 2))
      })
  }

  func callAsFunction(_ map: Streams, size: (height: Int, width: Int), _ context: ForwardContext) -> Streams {
    switch self {
    case .same: map
    case .enlarged(let projection, let interpolation):
      projection(map, context).mapChannels { $0.resized(height: size.height, width: size.width, interpolation) }
    case .reduced(let steps): steps.reduce(map) { $1($0, context) }
    }
  }
}
