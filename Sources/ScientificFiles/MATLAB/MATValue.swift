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

/// A cell array: values of any kind, in row-major order.
public struct MATCells: Sendable, Equatable {
  /// The sizes of all dimensions, two at least.
  public let shape: [Int]
  /// The values, as many as the product of the sizes.
  public let values: [MATValue]
}

/// An array of structures, all of which have the same fields.
public struct MATStructure: Sendable, Equatable {
  /// The sizes of all dimensions, two at least.
  public let shape: [Int]
  /// The names of the fields, in the file's order.
  public let fieldNames: [String]
  /// For every field, the values of all structures in row-major order.
  private let columns: [String: [MATValue]]

  init(shape: [Int], fields: [(name: String, values: [MATValue])]) {
    self.shape = shape
    fieldNames = fields.map(\.name)
    columns = Dictionary(fields.map { ($0.name, $0.values) }, uniquingKeysWith: { $1 })
  }

  /// The number of structures.
  public var count: Int { shape.reduce(1, *) }

  /// The values of a field, of all structures in row-major order; nil if there is no such field.
  public subscript(field: String) -> [MATValue]? { columns[field] }

  /// The value of a field of the structure at a position in row-major order; nil if there is no such field or structure.
  public subscript(field: String, at position: Int) -> MATValue? {
    guard let values = columns[field], values.indices.contains(position) else { return nil }
    return values[position]
  }
}
