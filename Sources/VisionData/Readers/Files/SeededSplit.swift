import Support

/// A division of samples that come without splits: whole groups, such as scenes, are drawn for validation.
struct SeededSplit<Entry> {
  /// The samples to train on, in their order.
  let training: [Entry]
  /// The samples to validate on, in their order.
  let validation: [Entry]

  /// Divides samples; nil if they are of fewer than two groups.
  ///
  /// - Parameters:
  ///   - entries: the samples.
  ///   - group: the group of a sample, which stays whole.
  ///   - count: how many samples are drawn for validation at least, as long as a group is left to train on.
  ///   - seed: the seed of the draw.
  init?(_ entries: [Entry], groupedBy group: (Entry) -> String, validationCount count: Int, seed: UInt64) {
    let sizes = Dictionary(entries.map { (group($0), 1) }, uniquingKeysWith: +)
    guard sizes.count > 1 else { return nil }
    var generator = SeededGenerator(seed: seed)
    var (drawn, drawnCount): (Set<String>, Int) = ([], 0)
    for name in sizes.keys.sorted().shuffled(using: &generator).dropLast() where drawn.isEmpty || drawnCount < count {
      drawn.insert(name)
      drawnCount += sizes[name]!
    }
    training = entries.filter { !drawn.contains(group($0)) }
    validation = entries.filter { drawn.contains(group($0)) }
  }
}
