/// The columns of G that belong to one parameter, or one map of features.
public struct GradientSegment: Sendable, Equatable {
  /// The name of the parameter or map, with a point between the levels: `encoder.blocks.0.attention.weight`.
  public let name: String
  /// Its columns.
  public let columns: Range<Int>

  /// - Parameters:
  ///   - name: the name of the parameter or map.
  ///   - columns: the columns that belong to it.
  public init(name: String, columns: Range<Int>) {
    self.name = name
    self.columns = columns
  }

  /// The layer that it belongs to: the name without its last part.
  public var layer: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }

  /// The part of the network that a person would name: the name up to the first number, `encoder.blocks.0`; where it has no
  /// number, the first two parts of the layer, `encoder.conv1`.
  public var module: String {
    let parts = name.split(separator: ".")
    if let number = parts.firstIndex(where: { Int($0) != nil }) { return parts[...number].joined(separator: ".") }
    return layer.split(separator: ".").prefix(2).joined(separator: ".")
  }
}

extension [GradientSegment] {
  /// Neighbors of the same key, together, with the unused columns behind them.
  ///
  /// - Parameters:
  ///   - key: the name of the range that a segment belongs to: its layer, for instance.
  ///   - width: the number of all columns.
  public func ranges(by key: (GradientSegment) -> String, width: Int) -> [(name: String, columns: Range<Int>)] {
    var starts: [(name: String, column: Int)] = []
    for segment in self where key(segment) != starts.last?.name {
      starts.append((key(segment), starts.isEmpty ? 0 : segment.columns.lowerBound))
    }
    let ends = starts.dropFirst().map(\.column) + [width]
    return zip(starts, ends).map { ($0.name, $0.column..<$1) }
  }
}
