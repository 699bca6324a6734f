import ArgumentParser
import MultitaskLearning

extension MethodSetting {
  /// What `--set name=value`, repeated, says.
  static func dictionary(parsing arguments: [String]) throws -> [String: MethodSetting] {
    let pairs = try arguments.map { text -> (String, MethodSetting) in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("--set '\(text)': a parameter looks like c=0.4") }
      return (parts[0], MethodSetting(parsing: parts[1]))
    }
    return Dictionary(pairs) { $1 }
  }
}
