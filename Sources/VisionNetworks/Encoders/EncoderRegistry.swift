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

public enum EncoderRegistry {
  public static let entries: [EncoderEntry] = [
    EncoderEntry(name: "vit_micro", alias: "vit-micro", architecture: .transformer(.micro)),
    EncoderEntry(name: "vit_mini", alias: "vit-mini", architecture: .transformer(.mini)),
    EncoderEntry(name: "vit_tiny_patch16_224", alias: "vit-tiny", architecture: .transformer(.tiny)),
    EncoderEntry(name: "vit_small_patch16_224", alias: "vit-small", architecture: .transformer(.small)),
    EncoderEntry(name: "vit_base_patch16_224", alias: "vit-base", architecture: .transformer(.base)),
    EncoderEntry(name: "vit_large_patch16_224", alias: "vit-large", architecture: .transformer(.large)),
    EncoderEntry(name: "resnet18", alias: "resnet-18", architecture: .residual(.resNet18)),
    EncoderEntry(name: "resnet34", alias: "resnet-34", architecture: .residual(.resNet34)),
    EncoderEntry(name: "resnet50", alias: "resnet-50", architecture: .residual(.resNet50)),
    EncoderEntry(name: "resnet101", alias: "resnet-101", architecture: .residual(.resNet101)),
    EncoderEntry(name: "resnet18_dilated", alias: "resnet-18-dilated", architecture: .residual(.resNet18.dilated)),
    EncoderEntry(name: "resnet34_dilated", alias: "resnet-34-dilated", architecture: .residual(.resNet34.dilated)),
    EncoderEntry(name: "resnet50_dilated", alias: "resnet-50-dilated", architecture: .residual(.resNet50.dilated)),
    EncoderEntry(name: "resnet101_dilated", alias: "resnet-101-dilated", architecture: .residual(.resNet101.dilated)),
    EncoderEntry(name: "segnet", alias: "seg-net", architecture: .segNet),
  ]

  /// Every name and alias.
  public static var names: [String] { entries.flatMap { [$0.name, $0.alias] } }

  /// The encoder of a name or alias.
  public static func entry(_ name: String) -> EncoderEntry? {
    entries.first { $0.name == name || $0.alias == name }
  }
}
