import Support

/// A setting of a data reader, which configurations give beside its name: `data: {dataset: {name: …, setting: value}}`.
public struct DatasetSetting: Sendable {
  /// The name of the setting.
  public let name: String
  /// What the setting does, and what it is by default.
  public let summary: String
  /// The words that the setting may be; empty if it may be any text.
  public let choices: [String]
  /// Whether the setting may be several of its words, separated by blanks or commas.
  public let isList: Bool

  /// Creates a setting.
  ///
  /// - Parameters:
  ///   - name: the name of the setting.
  ///   - summary: what the setting does, and what it is by default.
  ///   - choices: the words that the setting may be; empty, by default, if it may be any text.
  ///   - isList: whether it may be several words, separated by blanks or commas.
  public init(_ name: String, _ summary: String, choices: [String] = [], isList: Bool = false) {
    self.name = name
    self.summary = summary
    self.choices = choices
    self.isList = isList
  }

  /// Returns the words of a value.
  static func words(_ value: String) -> [String] {
    value.split { ",[] \t\n\r".contains($0) }.map(String.init)
  }

  /// Finds a value that the setting does not allow.
  ///
  /// - Parameters:
  ///   - value: the value.
  ///   - reader: the name of the reader, for errors.
  /// - Throws: ``DatasetRequestError`` with the words that are allowed.
  func check(_ value: String, of reader: String) throws {
    guard !choices.isEmpty else { return }
    for word in isList ? Self.words(value) : [value] where !choices.contains(word) {
      throw DatasetRequestError(
        "data.dataset: " + unknownName("'\(name)' of \(reader)", word, among: choices))
    }
  }
}
