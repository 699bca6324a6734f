import Support
import Torch
import VisionData

/// The opened data of a run: what is trained on, what is evaluated on, and what happens to samples on the way.
struct DataSetup {
  let plan: VisionPlan
  private let samples: OpenedSamples

  /// - Parameters:
  ///   - plan: of the run whose data these are.
  ///   - dataset: opened for the plan.
  /// - Throws: ``ConfigurationError`` for a data set whose splits lack samples or tasks, or whose tasks are not those
  ///   of the plan.
  init(_ plan: VisionPlan, _ dataset: Dataset) throws {
    self.plan = plan
    try KeptTasks.requireSame(plan.tasks, plan.resolved.configuration.data.chosenTasks(among: dataset.tasks))
    samples = try OpenedSamples(dataset, of: plan.resolved, plan.samples)
    try plan.requireStatistics(sampleCount: dataset.training.count)
  }

  var training: any SampleSource { samples.training }
  var validation: any SampleSource { samples.validation }
  /// The tasks of the run.
  var bindings: [TaskBinding] { plan.bindings }
  var evaluationTransforms: [any Transform] { plan.samples.evaluationTransforms }

  /// What is to be said about the choice of the samples, batches that are smaller than wanted, and the cache; nil if there
  /// is nothing to say.
  ///
  /// - Throws: what reading the first samples throws.
  func note() throws -> String? { try samples.note() }
}
