import Support

extension COCOMask {
  /// The pixels that lie in any of the masks, which have the same size; one mask at least is given.
  public static func union(of masks: [COCOMask]) -> COCOMask { combined(masks) { $0 || $1 } }

  /// The pixels that lie in all of the masks, which have the same size; one mask at least is given.
  public static func intersection(of masks: [COCOMask]) -> COCOMask { combined(masks) { $0 && $1 } }

  private static func combined(_ masks: [COCOMask], _ rule: (Bool, Bool) -> Bool) -> COCOMask {
    require(!masks.isEmpty, "no mask is given: one is needed at least")
    return masks.dropFirst().reduce(masks[0]) { $0.combined(with: $1, rule) }
  }

  private func combined(with other: COCOMask, _ rule: (Bool, Bool) -> Bool) -> COCOMask {
    requireSize(of: other)
    let (a, b) = (counts, other.counts)
    var runs = RunLengths(capacity: a.count + b.count)
    var (i, j) = (0, 0)
    var (restA, restB) = (Int(a[0]), Int(b[0]))
    while true {
      let length = min(restA, restB)
      runs.append(length, of: rule(i % 2 == 1, j % 2 == 1))
      (restA, restB) = (restA - length, restB - length)
      if restA == 0 {
        i += 1
        // Both end together.
        guard i < a.count else { break }
        restA = Int(a[i])
      }
      if restB == 0 {
        j += 1
        guard j < b.count else { break }
        restB = Int(b[j])
      }
    }
    return COCOMask(runs, height: height, width: width)
  }
}
