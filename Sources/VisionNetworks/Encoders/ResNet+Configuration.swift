extension ResNet {
  /// The size and form of a residual network.
  public struct Configuration: Sendable, Equatable {
    /// The kind of a residual network's blocks.
    public enum BlockKind: Sendable {
      /// Two 3×3 convolutions.
      case basic
      /// A 1×1, a 3×3 and a 1×1 convolution, the last of which widens to four times the channels.
      case bottleneck

      /// The channels of a block's output for each channel of its 3×3 convolutions.
      var expansion: Int { self == .basic ? 1 : 4 }
    }

    /// What comes before the first layer.
    public enum Stem: Sendable {
      /// A 7×7 convolution and a pooling, each of stride 2.
      case pooled
      /// A 3×3 convolution of stride 1, for small images.
      case small

      var kernel: Int { self == .pooled ? 7 : 3 }
      var convolutionStride: Int { self == .pooled ? 2 : 1 }
      /// The number of pixels of the image that one step of the first layer is.
      var stride: Int { self == .pooled ? 4 : 1 }
    }

    /// What is added to a block's output where its size or number of channels differs from the input's.
    public enum Shortcut: Sendable {
      /// The input after a 1×1 convolution with batch normalization.
      case projection
      /// Every second pixel of the input, with as many channels of zeros before as behind its own: option A of the paper,
      /// which has no parameters.
      case padding
    }

    /// The kind of all blocks.
    public var blockKind: BlockKind
    /// The number of blocks in each layer.
    public var depths: [Int]
    /// The channels of the 3×3 convolutions in each layer; the stem is as wide as the first. Defaults to 64, 128, 256 and
    /// 512.
    public var widths: [Int]
    /// What comes before the first layer; defaults to ``Stem/pooled``.
    public var stem = Stem.pooled
    /// What is added where a block changes the size or the number of channels; defaults to ``Shortcut/projection``.
    public var shortcut = Shortcut.projection
    /// Whether layers 3 and 4 keep the resolution and dilate their kernels: output stride 8.
    public var isDilated: Bool
    /// The number of the classifier's classes; nil for an encoder without a classifier.
    public var classes: Int?
    /// The channels of the images, which are three for RGB.
    public var imageChannels = 3

    /// Creates a configuration for RGB images.
    public init(
      _ blockKind: BlockKind, depths: [Int], widths: [Int] = [64, 128, 256, 512], isDilated: Bool = false,
      classes: Int? = nil
    ) {
      self.blockKind = blockKind
      self.depths = depths
      self.widths = widths
      self.isDilated = isDilated
      self.classes = classes
    }

    /// ResNet-18: 8 basic blocks.
    public static let resNet18 = Configuration(.basic, depths: [2, 2, 2, 2])
    /// ResNet-34: 16 basic blocks.
    public static let resNet34 = Configuration(.basic, depths: [3, 4, 6, 3])
    /// ResNet-50: 16 bottleneck blocks.
    public static let resNet50 = Configuration(.bottleneck, depths: [3, 4, 6, 3])
    /// ResNet-101: 33 bottleneck blocks.
    public static let resNet101 = Configuration(.bottleneck, depths: [3, 4, 23, 3])
    /// ResNet-20, for images of 32×32 pixels: 9 basic blocks of 16, 32 and 64 channels.
    public static let resNet20: Configuration = {
      var configuration = Configuration(.basic, depths: [3, 3, 3], widths: [16, 32, 64])
      configuration.stem = .small
      return configuration
    }()

    /// The same configuration with dilated kernels in layers 3 and 4, whose output stride is 8.
    public var dilated: Configuration {
      var copy = self
      copy.isDilated = true
      return copy
    }

    /// The same configuration with half the channels in every layer.
    public var half: Configuration { narrowed(by: 2) }
    /// The same configuration with a quarter of the channels in every layer.
    public var quarter: Configuration { narrowed(by: 4) }

    /// Returns the same configuration whose layers have a fraction of their channels.
    ///
    /// - Parameter divisor: the number by which the widths are divided.
    public func narrowed(by divisor: Int) -> Configuration {
      var copy = self
      copy.widths = widths.map { $0 / divisor }
      return copy
    }
  }
}
