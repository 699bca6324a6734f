import Support
import Torch

extension ParameterStore {
  /// What to do with entries that only one side has.
  public enum Strictness {
    /// Everything has to fit.
    case exact
    /// The file may hold more where a rule knows the entry's name: a classifier that is not used here. Anything else
    /// that the network lacks is a part of another network, whose function would be another one without it.
    case allowingUnused((_ name: String) -> Bool)
    /// Either side may hold more; at least one entry has to fit.
    case partial
  }

  /// Loads entries by name. Nothing is changed unless everything that has to fit does.
  ///
  /// Entries of whole numbers count what was done (a batch normalization's batches) and are no weights: where the file
  /// lacks them, the network keeps its own.
  ///
  /// - Parameters:
  ///   - file: the file with the entries.
  ///   - prefix: put before the file's names: `backbone.` loads a plain encoder's file into a network.
  ///   - strictness: what to do with entries that only one side has.
  ///   - fileName: what the file calls an entry, without the prefix; several may have the same. An entry for which it
  ///     is nil keeps its values, whatever the file holds.
  ///   - adapt: what an entry of the file becomes in this network. It is asked for every entry, as one of the right shape
  ///     may mean something else, too.
  /// - Throws: ``LoadError`` with the report; `FileError` for a malformed file; what `adapt` throws.
  @discardableResult
  public func load(
    _ file: SafetensorsFile, prefix: String = "", strictness: Strictness = .exact,
    naming fileName: (_ name: String) -> String? = { $0 },
    adapting adapt: (_ name: String, _ value: Tensor) throws -> Tensor = { $1 }
  ) throws -> LoadReport {
    var report = LoadReport()
    var entries: [(target: Tensor, value: Tensor)] = []
    var refusal: (any Error)?
    let expected = state.filter { $0.name.hasPrefix(prefix) }
    for (name, target) in expected {
      guard let fileName = fileName(String(name.dropFirst(prefix.count))) else { continue }
      guard let shape = file.shape(of: fileName) else {
        if target.dtype.isFloatingPoint { report.missing.append(name) }
        continue
      }
      let saved = try file.weights(fileName)
      let value: Tensor
      do { value = try adapt(fileName, saved) } catch {
        // Names that do not fit say more about a foreign file: they come first.
        refusal = refusal ?? error
        continue
      }
      guard value.shape == target.shape else {
        report.wronglyShaped.append((name, target.shape, shape))
        continue
      }
      entries.append((target, value))
      report.loaded.append(name)
    }
    let known = Set(expected.compactMap { fileName(String($0.name.dropFirst(prefix.count))) })
    report.sort(unknown: file.names.filter { !known.contains($0) }, by: strictness)
    guard report.fits(strictness) else { throw LoadError(path: file.url.path, report: report) }
    if let refusal { throw refusal }
    withoutGradients {
      for (target, value) in entries { target.copy(from: value) }
    }
    return report
  }
}

extension SafetensorsFile {
  /// Returns the tensor of a name, which has to be one of finite numbers.
  ///
  /// - Throws: `FileError` if there is no such tensor, or it cannot be weights.
  package func weights(_ name: String) throws -> Tensor {
    let value = try tensor(name)
    guard value.dtype.isNumeric else {
      throw FileError(url, "tensor '\(excerpt(name))' is \(value.dtype), which is no type of weights")
    }
    // A single one would turn every loss into no number, and a training would blame the learning rate.
    guard !value.dtype.isFloatingPoint || withoutGradients({ value.to(.float32).isFinite().all() }) else {
      throw FileError(url, "tensor '\(excerpt(name))' holds numbers that are not finite")
    }
    return value
  }
}

extension LoadReport {
  fileprivate mutating func sort(unknown names: [String], by strictness: ParameterStore.Strictness) {
    guard case .allowingUnused(let isUnused) = strictness else {
      unexpected = names
      return
    }
    unused = names.filter(isUnused)
    unexpected = names.filter { !isUnused($0) }
  }

  fileprivate func fits(_ strictness: ParameterStore.Strictness) -> Bool {
    switch strictness {
    case .exact, .allowingUnused: isComplete
    case .partial: !loaded.isEmpty && wronglyShaped.isEmpty
    }
  }
}
