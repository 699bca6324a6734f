/// Of which of the different channels each task's stream consists, with what was found out about them.
///
/// In a static network, a layer's output has the same sources in every pass, so that what follows from them is computed
/// in the first pass and kept: of each kind the last result. A network is evaluated by one thread at a time.
final class ChannelSources {
  /// For each task, the positions of its channels among the different ones; nil for a stream that does not exist.
  let byTask: [[Int]?]
  private var selections: [Int: ChannelSelection] = [:]
  private var combination: (others: [ChannelSources], result: ChannelCombination)?
  private var heads: (count: Int, result: PackedHeads)?

  init(_ byTask: [[Int]?]) { self.byTask = byTask }

  /// Returns a task's channels; a stream that does not exist stops the process.
  func selection(of task: Int) -> ChannelSelection {
    if let known = selections[task] { return known }
    guard let own = byTask[task] else { fatalError("the stream of task \(task) was pruned: nothing asks for it") }
    let selection = ChannelSelection(own)
    selections[task] = selection
    return selection
  }

  /// Returns the different combinations of channels of these streams and others.
  func combined(with others: [ChannelSources]) -> ChannelCombination {
    if let combination, combination.others.elementsEqual(others, by: ===) { return combination.result }
    let result = ChannelCombination([self] + others)
    combination = (others, result)
    return result
  }

  /// Returns the different attention heads, if these are the channels of queries, keys and values.
  ///
  /// - Parameter count: the number of heads of each task.
  func heads(count: Int) -> PackedHeads {
    if let heads, heads.count == count { return heads.result }
    let result = PackedHeads(byTask, count: count)
    heads = (count, result)
    return result
  }
}

/// The different combinations of channels that functions of several streams are computed for.
struct ChannelCombination {
  /// For each operand, the channel of every combination.
  let operands: [ChannelSelection]
  /// For each task, the positions of its combinations.
  let sources: ChannelSources
  /// Whether nothing asks for any of the streams.
  let isEmpty: Bool

  init(_ streams: [ChannelSources]) {
    var positions: [[Int]: Int] = [:]
    var combinations: [[Int]] = []
    sources = ChannelSources(
      streams[0].byTask.indices.map { task -> [Int]? in
        let own = streams.compactMap { $0.byTask[task] }
        guard own.count == streams.count else { return nil }
        return own[0].indices.map { channel in
          let combination = own.map { $0[channel] }
          if let known = positions[combination] { return known }
          positions[combination] = combinations.count
          combinations.append(combination)
          return combinations.count - 1
        }
      })
    operands = streams.indices.map { operand in ChannelSelection(combinations.map { $0[operand] }) }
    isEmpty = combinations.isEmpty
  }
}
