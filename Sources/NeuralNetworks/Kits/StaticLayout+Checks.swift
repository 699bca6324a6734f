extension StaticLayout {
  /// What in a layout cannot be one of a network, as the end of a sentence; nil where everything can. Layouts that were
  /// read from a file are checked before a network is built.
  ///
  /// - Parameters:
  ///   - names: the names of all gated layers of the encoder.
  ///   - channels: for each of them, the number of its output channels, and of the input channels that are mixed, which
  ///     is nil for layers without a mix.
  public func contradiction(
    in names: [String], channels: (_ name: String) -> (outputs: Int, inputs: Int?)
  ) -> String? {
    if let missing = names.first(where: { layers[$0] == nil }) {
      return "lacks the layer '\(missing)' of the encoder"
    }
    if let unknown = layers.keys.sorted().first(where: { !names.contains($0) }) {
      return "has the layer '\(unknown)', which the encoder does not have"
    }
    guard Set(order) == Set(names), order.count == names.count else {
      return "does not name each of its layers once in the order of a pass"
    }
    guard Set(tasks).count == tasks.count, Set(wanted).count == wanted.count, !wanted.isEmpty,
      wanted.allSatisfy(tasks.contains)
    else { return "gives the tasks \(wanted), but is of a network with the tasks \(tasks)" }
    for name in names {
      let (outputs, inputs) = channels(name)
      if let complaint = layers[name]!.contradiction(taskCount: tasks.count, outputs, inputs) {
        return "has a layer '\(name)' that \(complaint)"
      }
    }
    return nil
  }
}

extension StaticLayout.Layer {
  fileprivate func contradiction(taskCount: Int, _ outputs: Int, _ inputs: Int?) -> String? {
    guard own.count == taskCount, streams.count == taskCount else { return "is not one of \(taskCount) tasks" }
    for positions in own + [shared] where !positions.isAscending(below: outputs) {
      return "has output channels that are not ascending positions below \(outputs)"
    }
    let common = Set(shared)
    for task in 0..<taskCount where streams[task] && common.union(own[task]).count < outputs {
      return "has a stream that lacks some of the \(outputs) channels"
    }
    for task in 0..<taskCount where !streams[task] && !own[task].isEmpty {
      return "computes channels of a stream that nothing asks for"
    }
    guard mix.map(\.channel).isAscending(below: inputs ?? 0) else {
      return "mixes input channels that are not ascending positions below \(inputs ?? 0)"
    }
    guard mix.allSatisfy({ $0.isPossible(taskCount: taskCount) }) else {
      return "mixes channels that do not belong to each of \(taskCount) tasks"
    }
    return nil
  }
}

extension StaticLayout.MixedChannel {
  /// Whether each task has one of the different channels, which are numbered in the order of the tasks.
  fileprivate func isPossible(taskCount: Int) -> Bool {
    var known = 0
    for number in classes {
      guard (0...known).contains(number) else { return false }
      known = max(known, number + 1)
    }
    return classes.count == taskCount && known > 1
  }
}

extension [Int] {
  fileprivate func isAscending(below end: Int) -> Bool {
    zip(self, dropFirst()).allSatisfy { $0 < $1 } && allSatisfy { (0..<end).contains($0) }
  }
}
