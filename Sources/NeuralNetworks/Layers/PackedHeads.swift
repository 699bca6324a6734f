import Torch

/// The attention heads of streams that have some channels in common: heads with the same queries, keys and values are
/// computed once.
struct PackedHeads {
  /// The positions of a head's channels among the different ones.
  private struct Head: Hashable {
    let queries: [Int]
    let keys: [Int]
    let values: [Int]
  }

  /// A channel of the result: what the head looks at, and the channel of values that it gathers.
  private struct Gathered: Hashable {
    let queries: [Int]
    let keys: [Int]
    let value: Int
  }

  private var heads: [Head] = []
  private var positions: [Head: Int] = [:]
  private var channels: [Gathered: Int] = [:]
  private(set) var sources = ChannelSources([])
  private var selections: [ChannelSelection] = []

  /// - Parameters:
  ///   - sources: for each task, the positions of its queries, keys and values, one after another.
  ///   - count: the number of heads of each task.
  init(_ sources: [[Int]?], count: Int) {
    let byTask = sources.map { own -> [Int]? in
      guard let own else { return nil }
      let size = own.count / 3 / count
      return (0..<count).flatMap { head in
        let parts = (0..<3).map { part in Array(own[(part * count + head) * size..<(part * count + head + 1) * size]) }
        return channels(of: Head(queries: parts[0], keys: parts[1], values: parts[2]))
      }
    }
    self.sources = ChannelSources(byTask)
    selections = [\Head.queries, \Head.keys, \Head.values].map { part in
      ChannelSelection(heads.flatMap { $0[keyPath: part] })
    }
  }

  private mutating func channels(of head: Head) -> [Int] {
    let position = positions[head] ?? heads.count
    if position == heads.count {
      positions[head] = position
      heads.append(head)
    }
    return head.values.enumerated().map { index, value in
      let gathered = Gathered(queries: head.queries, keys: head.keys, value: value)
      let channel = channels[gathered] ?? position * head.values.count + index
      channels[gathered] = channel
      return channel
    }
  }

  /// Returns what the different heads gather, batch × tokens × channels.
  ///
  /// - Parameter values: the different channels of queries, keys and values: batch × tokens × channels.
  func attended(_ values: Tensor) -> Tensor {
    let (batch, tokens) = (values.shape[0], values.shape[1])
    let parts = selections.map {
      $0(values, .tokens).reshaped([batch, tokens, heads.count, -1]).transposed(1, 2)
    }
    return Tensor.attention(query: parts[0], key: parts[1], value: parts[2])
      .transposed(1, 2).reshaped([batch, tokens, -1])
  }
}
