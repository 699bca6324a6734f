import NeuralNetworks
import Support
import Torch

/// An encoder that takes weights of a plain encoder, as timm or torchvision publish them.
public protocol PretrainedEncoder: Encoder {
  /// Whether an entry of a pretrained file is part of a classifier, which an encoder does without.
  func isClassifier(_ name: String) -> Bool

  /// What a pretrained file's entry becomes in this encoder, whatever its shape: position embeddings of another grid are
  /// resized.
  ///
  /// - Parameter name: the name in the file.
  /// - Throws: ``FileError`` for an entry whose meaning is not known.
  func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor
}

extension PretrainedEncoder {
  public func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor { value }

  /// Loads weights of a plain encoder.
  ///
  /// The file's classifier (``isClassifier(_:)``) is left out. Any other entry that this encoder lacks belongs to
  /// another architecture, whose features would be others without it: such a file is refused.
  ///
  /// Position embeddings are resized from the file's grid to the encoder's. A file says its grid as `rows x columns`,
  /// for instance `"2x8"`, in its metadata's entry `grid`. Of a file that does not, a square number of positions is a
  /// square grid, as those of published weights are; any other number is the encoder's own grid if it has as many
  /// positions, and an error if it has not.
  ///
  /// - Parameters:
  ///   - store: where the encoder is registered.
  ///   - prefix: what stands before the encoder's names in the store.
  ///   - plainName: what a plain encoder calls an entry of this one; several tasks' copies may start from one entry.
  /// - Throws: ``LoadError``; ``FileError`` for a malformed file, positions of an unknown grid, or a network that grew.
  @discardableResult
  public func loadPretrained(
    _ file: SafetensorsFile, into store: ParameterStore, prefix: String = "",
    naming plainName: (_ name: String) -> String = { $0 }
  ) throws -> LoadReport {
    try file.requirePlainTransformer()
    return try store.load(
      file, prefix: prefix, strictness: .allowingUnused(isClassifier), naming: plainName,
      adapting: { try adapt($0, $1, of: file) })
  }
}
