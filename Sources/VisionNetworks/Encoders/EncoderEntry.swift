import NeuralNetworks

/// The encoders by name.
public struct EncoderEntry: Sendable {
  enum Architecture: Sendable {
    case transformer(VisionTransformer.Configuration)
    case residual(ResNet.Configuration)
    case segNet
  }

  /// As timm or torchvision call it, if they have it.
  public let name: String
  /// A shorter name for the command line.
  public let alias: String
  let architecture: Architecture

  /// Pictures' sides have to be multiples of this.
  public var sizeMultiple: Int {
    switch architecture {
    case .transformer(let configuration): configuration.patch
    case .residual, .segNet: 32
    }
  }

  public var isTransformer: Bool {
    if case .transformer = architecture { true } else { false }
  }

  /// Whether tasks can have normalizations of their own.
  public var hasBatchNormalization: Bool { !isTransformer }

  /// - Parameters:
  ///   - imageHeight: the size that a transformer's positions are learned for.
  ///   - dropPath: stochastic depth, for transformers.
  ///   - normalizationTasks: which tasks have batch normalizations of their own, for ResNets and SegNet; none where all share them.
  public func make(
    _ path: ParameterPath, imageHeight: Int, imageWidth: Int, dropPath: Double = 0, normalizationTasks: [String]? = nil
  ) -> any Encoder {
    switch architecture {
    case .transformer(var configuration):
      configuration.imageHeight = imageHeight
      configuration.imageWidth = imageWidth
      configuration.dropPath = dropPath
      return VisionTransformer(path, configuration)
    case .residual(var configuration):
      configuration.normalizationTasks = normalizationTasks
      return ResNet(path, configuration)
    case .segNet: return SegNet(path, normalizationTasks: normalizationTasks)
    }
  }
}
