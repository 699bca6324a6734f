import NeuralNetworks
import Torch

/// An encoder over the maps of another one, whose weights it takes where the other one takes some.
public protocol WrappingEncoder: SteppedEncoder, PretrainedEncoder {
  /// The encoder whose maps this one starts from.
  var body: any Encoder { get }
  /// The beginning of the names of the inner encoder's entries, such as `body.`.
  static var bodyPrefix: String { get }
  /// The beginning of the names of this encoder's own entries, such as `fpn.`.
  static var ownPrefix: String { get }

  /// Returns this encoder's maps over those of the inner encoder.
  func wrapped(_ maps: [Streams], _ context: ForwardContext) -> [Streams]
}

extension WrappingEncoder {
  /// Returns the maps over those that the inner encoder has of some images.
  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    wrapped(body(images, context), context)
  }

  /// The steps of the inner encoder, which has to be a ``SteppedEncoder``.
  public var steps: [EncoderStep] { body.stepped.steps }

  /// Returns the maps over those that the inner encoder has of the outputs of its steps.
  public func features(ofSteps outputs: [StepMaps], _ context: ForwardContext) -> [Streams] {
    wrapped(body.stepped.features(ofSteps: outputs, context), context)
  }

  /// Returns whether an entry is part of the inner encoder's classifier.
  public func isClassifier(_ name: String) -> Bool { pretrained?.isClassifier(name) ?? false }

  /// Returns whether an entry is this encoder's own, or is one that plain encoders do not have.
  public func isOwn(_ name: String) -> Bool {
    name.hasPrefix(Self.ownPrefix) || pretrained?.isOwn(plainName(of: name)) == true
  }

  /// Returns the name of an entry of the inner encoder without ``bodyPrefix``.
  public func plainName(of name: String) -> String {
    name.hasPrefix(Self.bodyPrefix) ? String(name.dropFirst(Self.bodyPrefix.count)) : name
  }

  /// Returns what the inner encoder makes of an entry.
  public func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor {
    try pretrained?.adapt(plainName(of: name), value, of: file) ?? value
  }

  private var pretrained: (any PretrainedEncoder)? { body as? any PretrainedEncoder }
}
