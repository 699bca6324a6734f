import Torch

extension ParameterStore {
  /// What to do with entries that only one side has.
  public enum Strictness: Sendable {
    /// Everything has to fit.
    case exact
    /// The file may hold more (a classifier that is not used here).
    case allowingUnexpected
    /// Either side may hold more; at least one entry has to fit.
    case partial
  }

  /// Loads entries by name. Nothing is changed unless everything that has to fit does.
  ///
  /// - Parameters:
  ///   - prefix: put before the file's names: `backbone.` loads a plain encoder's file into a network.
  ///   - fileName: what the file calls an entry, without the prefix; several may have the same.
  ///   - adapt: may give a replacement for an entry of another shape.
  /// - Throws: ``LoadError`` with the report; ``FileError`` for a malformed file.
  @discardableResult
  public func load(
    _ file: SafetensorsFile, prefix: String = "", strictness: Strictness = .exact,
    naming fileName: (_ name: String) -> String = { $0 },
    adapting adapt: (_ name: String, _ value: Tensor, _ shape: [Int]) -> Tensor? = { _, _, _ in nil }
  ) throws -> LoadReport {
    var report = LoadReport()
    var entries: [(target: Tensor, value: Tensor)] = []
    let expected = state.filter { $0.name.hasPrefix(prefix) }
    for (name, target) in expected {
      let fileName = fileName(String(name.dropFirst(prefix.count)))
      guard let shape = file.shape(of: fileName) else {
        report.missing.append(name)
        continue
      }
      var value = try file.tensor(fileName)
      guard value.dtype.isNumeric else {
        throw FileError(file.url, "tensor '\(fileName)' is \(value.dtype), which is no type of weights")
      }
      if shape != target.shape, let adapted = adapt(name, value, target.shape) { value = adapted }
      guard value.shape == target.shape else {
        report.wronglyShaped.append((name, target.shape, shape))
        continue
      }
      entries.append((target, value))
      report.loaded.append(name)
    }
    let known = Set(expected.map { fileName(String($0.name.dropFirst(prefix.count))) })
    report.unexpected = file.names.filter { !known.contains($0) }

    let fits =
      switch strictness {
      case .exact: report.isComplete
      case .allowingUnexpected: report.missing.isEmpty && report.wronglyShaped.isEmpty
      case .partial: !report.loaded.isEmpty && report.wronglyShaped.isEmpty
      }
    guard fits else { throw LoadError(path: file.url.path, report: report) }
    withoutGradients {
      for (target, value) in entries { target.copy(from: value) }
    }
    return report
  }
}
