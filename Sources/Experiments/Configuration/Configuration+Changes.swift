import Foundation
import MultitaskLearning
import VisionNetworks

extension Configuration {
  /// The same with paths that hold in every working directory.
  var withAbsolutePaths: Configuration {
    var copy = self
    func absolute(_ path: String?) -> String? { path.map { URL(fileURLWithPath: $0).path } }
    copy.data.folder = absolute(data.folder)
    copy.data.validationFolder = absolute(data.validationFolder)
    copy.network.weights = absolute(network.weights)
    copy.network.start = network.start.map { URL(fileURLWithPath: $0).path }
    return copy.withFiles(below: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
  }

  /// The same without pretrained weights and earlier runs, which a checkpoint replaces.
  var withoutWeights: Configuration {
    var copy = self
    copy.network.weights = nil
    copy.network.start = []
    return copy
  }

  /// Takes a method as a person types it, `uw+pcgrad`: names in any order, each a weighting, an aggregator, a
  /// schedule or an adaptation. Parts that it does not name have their defaults.
  ///
  /// - Throws: `MethodError` for a name that no method has.
  public mutating func apply(method text: String) throws {
    var names: [MethodKind: String] = [:]
    for name in try MethodRegistry.names(joinedIn: text) {
      let kind = try MethodRegistry.kind(of: name)
      if let other = names.updateValue(name, forKey: kind) {
        throw MethodError("'\(other)' and '\(name)' are both a \(kind.title): a method has one")
      }
    }
    // What is not named is what it is without a method.
    for kind in MethodKind.allCases { method[kind] = names[kind].map { MethodChoice($0) } ?? Method()[kind] }
  }
}

extension Configuration.Method {
  /// The names of the parts, without an adaptation that leaves the network as it is.
  var names: [String] {
    let kinds = MethodKind.allCases.filter { $0 != .adaptation || adaptation != Self().adaptation }
    return kinds.map { self[$0].name }
  }

  subscript(kind: MethodKind) -> MethodChoice {
    get {
      switch kind {
      case .weighting: weighting
      case .aggregator: aggregator
      case .schedule: schedule
      case .adaptation: adaptation
      }
    }
    set {
      switch kind {
      case .weighting: weighting = newValue
      case .aggregator: aggregator = newValue
      case .schedule: schedule = newValue
      case .adaptation: adaptation = newValue
      }
    }
  }
}
