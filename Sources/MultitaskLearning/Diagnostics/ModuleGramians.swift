extension DenseTaskGradients {
  /// The inner products within each part of the network that a person would name.
  var moduleGramians: [(name: String, gramian: Gramian)] {
    let ranges = segments.ranges(by: \.module, width: width)
    var modules: [(name: String, gramian: Gramian)] = []
    // What a module grew lies behind everything older.
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
