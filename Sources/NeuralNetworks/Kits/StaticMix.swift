import Torch

/// The weighted mean of the tasks' streams, of which only the different channels count, each with the sum of its tasks'
/// weights.
final class StaticMix {
  /// The channels that have at least some number of terms.
  private struct Term {
    /// The positions among the mixed channels; nil for all of them.
    let having: Tensor?
    /// The positions of the weights.
    let weights: Tensor
    /// For each channel, a task whose stream has the term, and the channel's position there.
    let places: [(task: Int, channel: Int)]
  }

  private let axis: ChannelAxis
  /// A weight for each different channel of each mixed channel, in order; nil if no channel is mixed.
  private let weights: Parameter?
  private let mixed: Tensor
  private let terms: [Term]
  /// For the sources of the last input, where each term's values lie.
  private var values: (sources: ChannelSources, terms: [ChannelSelection])?

  init(_ path: ParameterPath, _ channels: [StaticLayout.MixedChannel], taskCount: Int, axis: ChannelAxis) {
    self.axis = axis
    var offsets: [Int] = []
    let count = channels.reduce(0) { offset, channel in
      offsets.append(offset)
      return offset + channel.termCount
    }
    weights = count == 0 ? nil : path.parameter("weight", [count], .constant(1 / Double(taskCount)))
    mixed = Tensor(channels.map(\.channel), shape: [channels.count])
    terms = (0..<(channels.map(\.termCount).max() ?? 0)).map { term in
      let having = channels.indices.filter { channels[$0].termCount > term }
      return Term(
        having: having.count == channels.count ? nil : Tensor(having, shape: [having.count]),
        weights: Tensor(having.map { offsets[$0] + term }, shape: [having.count]),
        places: having.map { (channels[$0].classes.firstIndex(of: term)!, channels[$0].channel) })
    }
  }

  func callAsFunction(_ input: PackedStreams) -> Tensor {
    let first = input.stream(0)
    guard let weights else { return first }
    let (device, index) = (first.device, axis.index(in: first))
    let products = zip(terms, selections(in: input.channels)).map { term, selection in
      let values = selection(input.values, axis)
      let weight = weights.value.selecting(term.weights.to(device))
      return values * axis.shaped(weight.to(values.dtype), like: values)
    }
    // The first term is one of all mixed channels.
    let mean = zip(terms, products).dropFirst().reduce(products[0]) { sum, term in
      term.0.having.map { sum.addingAtIndices($0.to(device), axis: index, term.1) } ?? sum + term.1
    }
    return first.replacingAtIndices(mixed.to(device), axis: index, mean)
  }

  private func selections(in sources: ChannelSources) -> [ChannelSelection] {
    if let values, values.sources === sources { return values.terms }
    let found = terms.map { term in ChannelSelection(term.places.map { sources.byTask[$0.task]![$0.channel] }) }
    values = (sources, found)
    return found
  }
}
