extension DenseTaskGradients {
  /// The inner products within each part of the network that a person would name.
  var moduleGramians: [(name: String, gramian: Gramian)] { gramians(by: \.module) }

  /// The inner products within each layer.
  var layerGramians: [(name: String, gramian: Gramian)] { gramians(by: \.layer) }

  private func gramians(by key: (GradientSegment) -> String) -> [(name: String, gramian: Gramian)] {
    let ranges = segments.ranges(by: key, width: width)
    var modules: [(name: String, gramian: Gramian)] = []
    // What a module grew lies behind everything older, and norms and biases may lie behind all weights.
    for (name, gramian) in zip(ranges.map(\.name), gramians(of: ranges.map(\.columns))) {
      if let index = modules.firstIndex(where: { $0.name == name }) {
        modules[index].gramian = modules[index].gramian + gramian
      } else {
        modules.append((name, gramian))
      }
    }
    return modules
  }
}
