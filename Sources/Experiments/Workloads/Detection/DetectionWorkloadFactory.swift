import Detection
import MultitaskLearning

/// Makes the robot-vision system of a size.
struct DetectionWorkloadFactory: WorkloadFactory {
  let settings: DetectionSettings

  func networkName(_ configuration: Configuration) -> String {
    "robot vision with two \(configuration.network.encoder)"
  }

  func tasks(_ configuration: Configuration) -> [String] { DetectionLoss.allCases.map(\.rawValue) }

  /// The heads of a loss need those of others.
  var hasSingleTaskRuns: Bool { false }

  func check(_ resolved: ResolvedConfiguration) throws {
    _ = try DetectionPlan(resolved, settings, available: resolved.dataset.tasks())
  }

  func make(_ resolved: ResolvedConfiguration) throws -> any Workload {
    let workload = try DetectionWorkload(
      DetectionPlan(resolved, settings, available: resolved.dataset.open().tasks))
    _ = try workload.samples()
    return workload
  }

  func restore(_ resolved: ResolvedConfiguration, from folder: RunFolder) throws -> any Workload {
    let tasks = try KeptTasks.read(from: folder, resolved)
    return try DetectionWorkload(DetectionPlan(resolved, settings, available: tasks))
  }
}

extension DetectionWorkload {
  /// The entry of the workload in ``WorkloadRegistry``.
  public static let entry = MethodEntry<any WorkloadFactory>(
    "detection",
    summary: "Objects in color and depth: boxes, visible and amodal masks, and occlusion, by seven losses.",
    paper:
      "Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective Measurement of Multi-Task Learning Challenges by Feature Disentanglement",
    parameters: DetectionSettings.parameters
  ) { DetectionWorkloadFactory(settings: DetectionSettings($0)) }
}
