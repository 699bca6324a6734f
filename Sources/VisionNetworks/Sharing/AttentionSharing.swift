import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which tasks share an encoder, and each has masks for the maps of its layers (MTAN).
///
/// A task's mask for a layer is computed from the layer's input and from what the task's mask left of the layer before,
/// refined by a block that all tasks share. The features of a task are what its masks leave of the encoder's features.
///
/// - Source: Liu et al., *End-to-End Multi-Task Learning with Attention*, CVPR 2019; the residual form is that of
///   Vandenhende et al., *Multi-Task Learning for Dense Prediction Tasks: A Survey*, TPAMI 2021, and of LibMTL.
public struct AttentionSharing: Sharing {
  /// The form of the layers that come with attention.
  public struct Form: Sendable, Equatable {
    /// The number of channels between the two convolutions of a mask.
    public enum Middle: String, Sendable, CaseIterable {
      /// As many as the masked maps have.
      case full
      /// A quarter of these.
      case quarter

      /// Returns the number of channels for masked maps of some channels, which is at least one.
      func channels(of outputs: Int) -> Int { self == .full ? outputs : max(1, outputs / 4) }
    }

    /// The block that refines what a mask left of a residual network's layer.
    public enum Refinement: String, Sendable, CaseIterable {
      /// A bottleneck of three convolutions.
      case bottleneck
      /// Two 3×3 convolutions.
      case basic

      var blockKind: ResNet.Configuration.BlockKind { self == .bottleneck ? .bottleneck : .basic }
    }

    /// The number of channels between the two convolutions of a mask; nil for that of the public code: a quarter in
    /// residual networks, all in SegNet.
    public var middle: Middle?
    /// The block that refines what a mask left of a residual network's layer; a ``SegNet`` has one convolution in its
    /// place, whatever is chosen.
    public var refinement: Refinement

    /// Creates a form, by default that of the code of Vandenhende et al. for residual networks, and of Liu et al. for
    /// SegNet.
    public init(middle: Middle? = nil, refinement: Refinement = .bottleneck) {
      self.middle = middle
      self.refinement = refinement
    }
  }

  /// The form of the layers that come with attention.
  public var form: Form

  /// Creates the way of sharing.
  public init(_ form: Form = Form()) { self.form = form }

  /// The encoder has to have layers to which tasks can attend.
  public var requirements: Set<EncoderTraits.Capability> { [.attention] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }

  /// Builds an encoder that all tasks share, and their masks beside it.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let encoder = entry.make(path, request)
    guard let attendable = encoder as? any AttendableEncoder else {
      fatalError("\(entry.name) is no `AttendableEncoder`, though its traits say that tasks can attend to its layers")
    }
    return SharedEncoder(attendable.attended(by: tasks, at: path, form), plain: encoder)
  }
}

extension AttentionSharing {
  /// The entry `mtan` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "mtan", summary: "The tasks share an encoder, and each attends to its layers with masks of its own.",
    paper: "End-to-End Multi-Task Learning with Attention, CVPR 2019",
    parameters: [
      MethodParameter(
        "middle", .choice(Form.Middle.allCases.map(\.rawValue)), default: nil,
        "how many channels lie between a mask's convolutions, of the layer's: by default a quarter, in segnet all"),
      MethodParameter(
        "refinement", .choice(Form.Refinement.allCases.map(\.rawValue)), default: .text("bottleneck"),
        "the block between the masks of a residual network's layers; segnet has one convolution"),
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    return AttentionSharing(
      Form(
        middle: settings.optionalText("middle").map { Form.Middle(rawValue: $0)! },
        refinement: settings.choice("refinement")))
  }
}
