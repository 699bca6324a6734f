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
