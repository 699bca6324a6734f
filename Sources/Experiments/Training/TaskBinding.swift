import NeuralNetworks
import VisionData
import VisionMetrics
import VisionNetworks

extension Configuration {
  /// Its tasks, all of which have to be among those given.
  func bindings(to available: [VisionTask]) -> [TaskBinding] {
    data.tasks.map { name in
      TaskBinding(task: available.first { $0.name == name }!, normalsLoss: training.normalsLoss)
    }
  }
}

/// What training and evaluation need to know about a task: its loss and its metric.
struct TaskBinding {
  let task: VisionTask
  let normalsLoss: NormalsLossKind

  var name: String { task.name }
  var output: TaskOutput { TaskOutput(task: task.name, channels: task.channels) }

  /// The papers' losses.
  var loss: any Loss {
    switch task.kind {
    case .segmentation: CrossEntropy()
    case .depth, .quantities: MaskedL1()
    case .normals: normalsLoss == .l1 ? NormalsL1() : NormalsCosine()
    case .edges: BalancedBinaryCrossEntropy(positiveWeight: .fixed(0.95))
    case .saliency: BalancedBinaryCrossEntropy(positiveWeight: .negativeShare)
    }
  }

  /// How well the task is done, from 0 (bad) to 1.
  func performance(_ metrics: [MetricResult]) -> Double {
    func value(_ name: String) -> Double { metrics.first { $0.name == name }?.value ?? 0 }
    let performance =
      switch task.kind {
      case .segmentation: value("mIoU")
      case .depth: value("δ1")
      case .normals: value("30°") / 100
      case .edges: value("odsF")
      case .saliency: value("maxF")
      case .quantities: 1 - value("L1")
      }
    return min(1, max(0, performance))
  }

  func makeMetric() -> any PixelMetric {
    switch task.kind {
    case .segmentation(let classes): SegmentationMetric(classCount: classes.count)
    case .depth: DepthMetric()
    case .normals: NormalsMetric()
    case .edges: EdgeMetric()
    case .saliency: SaliencyMetric()
    case .quantities: QuantityMetric()
    }
  }
}
