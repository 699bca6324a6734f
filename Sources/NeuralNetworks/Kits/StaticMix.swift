import Support
import Torch

/// The weighted mean of the tasks' streams, of which only the different channels count, each with the sum of its tasks'
/// weights. A channel that is the same in all streams, or that nothing reads, is the first stream's.
final class StaticMix {
  /// The channels that have at least some number of terms.
  private struct Term {
    /// The positions among the mix's channels; nil for all of them.
    let having: Tensor?
    /// The positions of their weights.
    let weights: Tensor
    /// For each channel, a task whose stream has the term, and the channel's position there.
    let places: [(task: Int, channel: Int)]
  }

  private let axis: ChannelAxis
  private let channels: [StaticLayout.MixedChannel]
  /// For each mixed channel, the position of its first weight.
  private let offsets: [Int]
  /// A weight for each different channel of each mixed channel, in order; nil if no channel is mixed.
  private let weights: Parameter?
  /// For the sources of the last input, the terms and where their values lie.
  private var known: (sources: ChannelSources, terms: [(term: Term, values: ChannelSelection)])?

  init(_ path: ParameterPath, _ channels: [StaticLayout.MixedChannel], taskCount: Int, axis: ChannelAxis) {
    self.axis = axis
    self.channels = channels
    var offsets: [Int] = []
    let count = channels.reduce(0) { offset, channel in
      offsets.append(offset)
      return offset + channel.termCount
    }
    self.offsets = offsets
    weights = count == 0 ? nil : path.parameter("weight", [count], .constant(1 / Double(taskCount)))
  }

  func callAsFunction(_ input: PackedStreams) -> Tensor {
    guard let weights else { return input.stream(0) }
    let values = weights.value
    // Channels that are not mixed have a weight of one.
    let factors = Tensor.concatenated([values, .ones([1], dtype: values.dtype, device: values.device)])
    return terms(of: input.channels).reduce(Tensor?.none) { sum, entry in
      let (term, selection) = entry
      let part = selection(input.values, axis)
      let weight = factors.selecting(term.weights.to(part.device))
      let product = part * axis.shaped(weight.to(part.dtype), like: part)
      guard let sum, let having = term.having else { return product }
      return sum.addingAtIndices(having.to(part.device), axis: axis.index(in: part), product)
    }!
  }

  private func terms(of sources: ChannelSources) -> [(term: Term, values: ChannelSelection)] {
    if let known, known.sources === sources { return known.terms }
    let terms = (0..<(channels.map(\.termCount).max() ?? 0)).map { number in
      let term = number == 0 ? firstTerm(width: sources.byTask[0]!.count) : term(number)
      return (term, ChannelSelection(term.places.map { sources.byTask[$0.task]![$0.channel] }))
    }
    known = (sources, terms)
    return terms
  }

  /// Of every channel of the streams, also of those that are not mixed.
  private func firstTerm(width: Int) -> Term {
    let one = offsets.last! + channels.last!.termCount
    var (places, positions) = ((0..<width).map { (task: 0, channel: $0) }, [Int](repeating: one, count: width))
    for (channel, offset) in zip(channels, offsets) {
      places[channel.channel] = place(channel, 0)
      positions[channel.channel] = offset
    }
    return Term(having: nil, weights: Tensor(positions, shape: [width]), places: places)
  }

  private func term(_ number: Int) -> Term {
    let having = channels.indices.filter { channels[$0].termCount > number }
    return Term(
      having: Tensor(having.map { channels[$0].channel }, shape: [having.count]),
      weights: Tensor(having.map { offsets[$0] + number }, shape: [having.count]),
      places: having.map { place(channels[$0], number) })
  }

  private func place(_ channel: StaticLayout.MixedChannel, _ term: Int) -> (task: Int, channel: Int) {
    (channel.classes.firstIndex(of: term)!, channel.channel)
  }
}
