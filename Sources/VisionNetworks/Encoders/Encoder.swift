import NeuralNetworks
import Torch

/// The part of a network that all tasks share: pictures in, feature maps out.
public protocol Encoder {
  /// The channels of each feature map.
  var featureChannels: [Int] { get }
  /// How many pixels of the picture one step in each feature map is.
  var featureStrides: [Int] { get }

  /// - Parameter images: batch × 3 × height × width.
  /// - Returns: the shared features Z, batch × channels × height / stride × width / stride each.
  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Tensor]

  /// What `polymath encode` saves: the features by the names that the model's own literature uses.
  ///
  /// - Parameter blocks: for transformers, the blocks whose output is wanted, too.
  func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)]

  /// Whether each task has features of its own.
  var featuresDependOnTask: Bool { get }

  /// Whether several tasks' streams are better stacked along the batch than passed one by one.
  func stacksTasks(_ images: Tensor, _ context: ForwardContext) -> Bool

  /// The shared convolutions whose normalizations are the tasks' own; empty where there are none.
  var normalizedConvolutions: [NormalizedConvolution] { get }

  /// What a pretrained file calls an entry of this encoder: every task starts from the same normalization.
  func pretrainedName(of name: String) -> String

  /// Whether an entry of a pretrained file is part of a classifier, which an encoder does without.
  func isClassifier(_ name: String) -> Bool

  /// What a pretrained file's entry becomes in this encoder, whatever its shape: position embeddings of another grid are
  /// resized.
  ///
  /// - Parameter name: as the file has it.
  /// - Throws: ``FileError`` for an entry whose meaning is not known.
  func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor
}

extension TransformerEncoder {
  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Tensor] {
    features(images, context) { _, _ in }
  }

  public var featuresDependOnTask: Bool { stack.featuresDependOnTask }

  /// What the streams share is then computed once.
  public func stacksTasks(_ images: Tensor, _ context: ForwardContext) -> Bool { true }
}

extension Encoder {
  public var featuresDependOnTask: Bool { !normalizedConvolutions.isEmpty }

  /// In training, every task's batch statistics need a pass of their own. In evaluation, stacking pays for small
  /// batches: on two cores, a ResNet-18 takes 0.23 to 0.91 times as long up to this size, and up to 1.57 times above.
  public func stacksTasks(_ images: Tensor, _ context: ForwardContext) -> Bool {
    !context.isTraining && images.shape[0] * images.shape[2] * images.shape[3] <= 1 << 16
  }

  public var normalizedConvolutions: [NormalizedConvolution] { [] }
  public func pretrainedName(of name: String) -> String { name }
  public func isClassifier(_ name: String) -> Bool { false }
  public func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor { value }
}
