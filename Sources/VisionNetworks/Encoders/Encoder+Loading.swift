import NeuralNetworks
import Torch

extension Encoder {
  /// Loads weights of a plain encoder, as timm or torchvision publish them.
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
  ///   - prefix: before the encoder's names in the store.
  /// - Throws: ``LoadError``; ``FileError`` for a malformed file, positions of an unknown grid, or a network that grew.
  @discardableResult
  public func loadPretrained(
    _ file: SafetensorsFile, into store: ParameterStore, prefix: String = ""
  ) throws -> LoadReport {
    try file.requirePlainTransformer()
    return try store.load(
      file, prefix: prefix, strictness: .allowingUnused(isClassifier), naming: pretrainedName,
      adapting: { try adapt($0, $1, of: file) })
  }
}
