import Support
import VisionNetworks

/// Which parts of networks go together, as text: `polymath networks --table`.
public struct NetworkTable {
  private let combinations: [NetworkCombination]

  /// Creates the table of what is in the registries.
  public init() { combinations = NetworkCombination.all() }

  /// A line for each encoder and way of sharing with the decoders that both allow.
  public var text: String {
    let rows = lines
    return CostTable.leftAligned([["encoder", "sharing", "decoders"]] + rows)
      + "\n\n\(combinations.count) networks; a pair without a line does not go together (polymath networks NAME says what each part needs)"
  }

  private var lines: [[String]] {
    var rows: [[String]] = []
    for combination in combinations {
      if let last = rows.last, last[0] == combination.encoder, last[1] == combination.sharing {
        rows[rows.count - 1][2] += ", \(combination.decoder)"
      } else {
        rows.append([combination.encoder, combination.sharing, combination.decoder])
      }
    }
    return rows
  }
}
