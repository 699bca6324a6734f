import ArgumentParser
import MultitaskLearning

extension MethodSetting {
  /// Reads parameters from arguments of the form `name=value`; of repeated names, the last counts.
  ///
  /// - Throws: `ValidationError` for an argument without `=`.
  static func dictionary(parsing arguments: [String]) throws -> [String: MethodSetting] {
    let pairs = try arguments.map { text -> (String, MethodSetting) in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("--set '\(text)': a parameter looks like c=0.4") }
      return (parts[0], MethodSetting(parsing: parts[1]))
    }
    return Dictionary(pairs) { $1 }
  }
}
