import NeuralNetworks
import Support
import Torch

/// An encoder that takes weights of a plain encoder, as timm or torchvision publish them.
public protocol PretrainedEncoder: Encoder {
  /// Returns whether an entry of a pretrained file is part of a classifier, which an encoder does not need.
  func isClassifier(_ name: String) -> Bool

  /// Returns whether an entry of this encoder is one that plain encoders do not have, and that keeps its values if a file
  /// lacks it. By default there is none.
  func isOwn(_ name: String) -> Bool

  /// Returns the name that an entry of this encoder has in a file of a plain one, in which it does not have its own. By
  /// default it is the same.
  func plainName(of name: String) -> String

  /// Returns what a pretrained file's entry becomes in this encoder. Position embeddings of another grid are resized;
  /// an entry of any other shape is returned as it is, and refused afterwards.
  ///
  /// - Parameters:
  ///   - name: the name in the file.
  ///   - value: the entry's value in the file.
  ///   - file: the pretrained file, of whose metadata the meaning of the entry may depend.
  /// - Throws: `FileError` for an entry whose meaning is not known.
  func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor
}

extension PretrainedEncoder {
  /// Returns false: plain encoders have every entry.
  public func isOwn(_ name: String) -> Bool { false }

  /// Returns the same name.
  public func plainName(of name: String) -> String { name }

  /// Returns the value as it is in the file.
  public func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor { value }

  /// Loads weights of a plain encoder.
  ///
  /// The file's classifier (``isClassifier(_:)``) is left out, and what a plain encoder does not have (``isOwn(_:)``)
  /// keeps its values if the file lacks it. Any other entry that this encoder lacks belongs to
  /// another architecture, whose features would differ without it: such a file is refused.
  ///
  /// Position embeddings are resized from the file's grid to the encoder's. A file says its grid as `rows x columns`,
  /// for instance `"2x8"`, in its metadata's entry `grid`. Of a file that does not, a square number of positions is a
  /// square grid, as those of published weights are; any other number is the encoder's own grid if it has as many
  /// positions, and an error if it has not.
  ///
  /// - Parameters:
  ///   - file: the weights of a plain encoder.
  ///   - store: where the encoder is registered.
  ///   - prefix: the beginning of the encoder's names in the store.
  ///   - origin: returns the name, in an encoder of this kind whose layers all tasks share, of the entry from which an
  ///     entry starts; several tasks' copies may start from one, and an entry for which it is nil keeps its values.
  ///   - isUnused: returns whether an entry of the file that nothing starts from is left out beside the classifier.
  /// - Returns: the names of the entries that were loaded, and of those that were left out.
  /// - Throws: `LoadError` if entries are missing, unknown or of another shape; `FileError` for a malformed file,
  ///   positions of an unknown grid, or a network that has grown.
  @discardableResult
  public func loadPretrained(
    _ file: SafetensorsFile, into store: ParameterStore, prefix: String = "",
    naming origin: (_ name: String) -> String? = { $0 }, leavingOut isUnused: (_ name: String) -> Bool = { _ in false }
  ) throws -> LoadReport {
    try file.requirePlainTransformer()
    return try withoutActuallyEscaping(isUnused) { isUnused in
      try load(file, into: store, prefix: prefix, naming: origin) { isClassifier($0) || isUnused($0) }
    }
  }

  private func load(
    _ file: SafetensorsFile, into store: ParameterStore, prefix: String, naming origin: (_ name: String) -> String?,
    leavingOut isUnused: @escaping (_ name: String) -> Bool
  ) throws -> LoadReport {
    try store.load(
      file, prefix: prefix, strictness: .allowingUnused(isUnused),
      naming: { name in
        origin(name).flatMap { file.shape(of: $0) != nil ? $0 : isOwn($0) ? nil : plainName(of: $0) }
      },
      adapting: { try adapt($0, $1, of: file) })
  }
}
