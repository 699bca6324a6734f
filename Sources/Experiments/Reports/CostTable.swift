import Foundation

/// Large numbers in columns.
enum CostTable {
  /// Returns rows of cells as lines, the first column on the left and all others on the right.
  static func text(_ rows: [[String]]) -> String {
    let columns = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: columns[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// Returns rows of cells as lines, all columns on the left.
  static func leftAligned(_ rows: [[String]]) -> String {
    let columns = rows[0].indices.dropLast().map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, columns).map { $0 + String(repeating: " ", count: $1 - $0.count) + "  " }.joined() + row[row.count - 1]
    }.joined(separator: "\n")
  }

  /// Returns a count in thousands, millions or billions where it is that large: `24.52 G`.
  static func count(_ count: Int) -> String {
    for (size, unit) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where Double(count) >= size {
      return String(format: "%.2f %@", Double(count) / size, unit)
    }
    return "\(count)"
  }

  /// Returns a number of bytes: `3.5 MB`.
  static func bytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }
}
