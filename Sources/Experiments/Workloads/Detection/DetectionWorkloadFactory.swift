import Detection
import MultitaskLearning

/// Makes the robot-vision system of a size.
struct DetectionWorkloadFactory: WorkloadFactory {
  let settings: DetectionSettings

  func networkName(_ configuration: Configuration) -> String {
    "robot vision with two \(configuration.network.encoder)"
  }

  func tasks(_ configuration: Configuration) -> [String] { DetectionLoss.allCases.map(\.rawValue) }

  /// Its baseline steps along the sum of seven gradients, and so does every method where the gradients agree.
  var methodScale: MethodScale { .common }

  /// Average precision and recall, as in the publication; it does not judge occlusion.
  func comparedMetrics(of task: String) -> [String]? {
    task == DetectionTally.Subject.occlusion.rawValue ? [] : ["AP", "AR100"]
  }

  /// The threshold that the publication's arrows follow.
  var negligibleDifference: Double { 0.005 }

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
