/// A value of a MATLAB file.
public enum MATValue: Sendable, Equatable {
  /// Numbers, or logical values as booleans.
  case numeric(NumericArray)
  /// The rows of an array of characters; none for an empty one.
  case characters([String])
  case cell(MATCells)
  case structure(MATStructure)

  /// The numbers; nil for other values.
  public var array: NumericArray? { if case .numeric(let array) = self { array } else { nil } }

  /// The text of one row, or the empty text; nil for other values.
  public var text: String? {
    if case .characters(let rows) = self, rows.count <= 1 { rows.first ?? "" } else { nil }
  }

  /// The values of a cell array; nil for other values.
  public var cells: MATCells? { if case .cell(let cells) = self { cells } else { nil } }

  /// The structures of an array of them; nil for other values.
  public var fields: MATStructure? { if case .structure(let structure) = self { structure } else { nil } }

  /// What the value is, as a part of a sentence.
  var kind: String {
    switch self {
    case .numeric: "numbers"
    case .characters: "characters"
    case .cell: "a cell array"
    case .structure: "a structure"
    }
  }
}
