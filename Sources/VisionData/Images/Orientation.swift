/// How a stored image has to be turned to stand upright; the numbers are those of Exif.
///
/// - Source: CIPA DC-008, *Exchangeable image file format (Exif) 2.32*, tag 274.
enum Orientation: Int, CaseIterable, Sendable {
  case upright = 1
  case mirroredLeftToRight
  case halfTurn
  case mirroredTopToBottom
  /// The image is mirrored at the diagonal from the upper left.
  case transposed
  case quarterTurnClockwise
  /// The image is mirrored at the diagonal from the upper right.
  case transversed
  case quarterTurnCounterclockwise

  /// Whether rows become columns.
  var exchangesSides: Bool { rawValue >= Orientation.transposed.rawValue }

  /// The place in a stored image of height × width that the turned one shows at a row and column.
  func source(row: Int, column: Int, height: Int, width: Int) -> (row: Int, column: Int) {
    switch self {
    case .upright: (row, column)
    case .mirroredLeftToRight: (row, width - 1 - column)
    case .halfTurn: (height - 1 - row, width - 1 - column)
    case .mirroredTopToBottom: (height - 1 - row, column)
    case .transposed: (column, row)
    case .quarterTurnClockwise: (height - 1 - column, row)
    case .transversed: (height - 1 - column, width - 1 - row)
    case .quarterTurnCounterclockwise: (column, width - 1 - row)
    }
  }
}

extension Picture {
  /// Returns a stored image upright.
  func turned(_ orientation: Orientation) -> Picture {
    guard orientation != .upright else { return self }
    let (height, width) = orientation.exchangesSides ? (self.width, self.height) : (self.height, self.width)
    return rearranged(height: height, width: width) { row, column in
      orientation.source(row: row, column: column, height: self.height, width: self.width)
    }
  }
}
