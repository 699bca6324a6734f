import Foundation
import MultitaskLearning
import Support

/// A method of the registry with settings, for three tasks.
struct MethodVariant {
  static let tasks = ["a", "b", "c"]

  let kind: MethodKind
  let name: String
  var settings: [String] = []

  /// `schedule selective-groups order=forward`
  var title: String { ([kind.rawValue, name] + settings).joined(separator: " ") }

  /// Every method as it is, and those whose state depends on their settings.
  static let all: [MethodVariant] =
    MethodKind.allCases.flatMap { kind in
      MethodRegistry.names(of: kind).map { MethodVariant(kind: kind, name: $0, settings: settingsThatAreNeeded($0)) }
    }
    + [
      MethodVariant(kind: .weighting, name: "dwa", settings: ["epoch=2"]),
      MethodVariant(kind: .weighting, name: "dtp", settings: ["performance=metric"]),
      MethodVariant(kind: .weighting, name: "uw", settings: ["optimizer=sgd"]),
      MethodVariant(kind: .weighting, name: "stch", settings: ["epoch=2", "warmupEpoch=1"]),
      MethodVariant(kind: .aggregator, name: "gradvac", settings: ["granularity=layer"]),
      MethodVariant(kind: .aggregator, name: "config", settings: ["momentum=true"]),
      MethodVariant(kind: .schedule, name: "alternating", settings: ["order=random"]),
      MethodVariant(kind: .schedule, name: "selective-groups", settings: ["convention=publicCode", "warmUp=0"]),
      MethodVariant(
        kind: .schedule, name: "selective-groups", settings: ["strategy=heterogeneous", "observesLastGroup=true"]),
      MethodVariant(kind: .schedule, name: "connection-strength", settings: ["mixture=phase2", "epoch=2"]),
    ]

  private static func settingsThatAreNeeded(_ name: String) -> [String] {
    name == "manual" ? ["weights=a:1,b:2,c:0.5"] : []
  }

  var settingValues: [String: MethodSetting] {
    Dictionary(
      uniqueKeysWithValues: settings.map { setting in
        let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
        return (parts[0], MethodSetting(parsing: parts[1]))
      })
  }

  func weighting() throws -> any LossWeighting {
    try MethodRegistry.weighting(name).make(settingValues, tasks: Self.tasks, totalSteps: 100)
  }
  func aggregator() throws -> any GradientAggregator {
    try MethodRegistry.aggregator(name).make(settingValues, tasks: Self.tasks, totalSteps: 100)
  }
  func schedule() throws -> any UpdateSchedule {
    try MethodRegistry.schedule(name).make(settingValues, tasks: Self.tasks, totalSteps: 100)
  }
  func adaptation() throws -> any NetworkAdaptation {
    try MethodRegistry.adaptation(name).make(settingValues, tasks: Self.tasks, totalSteps: 100)
  }
}
