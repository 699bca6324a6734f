import MultitaskLearning
import NeuralNetworks
import VisionData
import VisionNetworks

/// Everything that determines a run. Every field has a default; a file says what differs.
public struct Configuration: Sendable, Equatable {
  /// What is trained: a name of ``WorkloadRegistry``, with parameters.
  public var workload = MethodChoice("pixels")
  public var run = Run()
  public var data = Data()
  public var network = Network()
  public var method = Method()
  public var diagnostics = Diagnostics()
  public var optimizer = OptimizerChoice()
  public var training = Training()

  public init() {}

  public struct Run: Sendable, Equatable {
    public var seed: UInt64 = 1
    public var device = "cpu"
    /// Zero: as many as the machine has.
    public var threads = 0
    public var precision = Precision.float32
  }

  public struct Data: Sendable, Equatable {
    /// A data set folder; the embedded scenes where there is none.
    public var folder: String?
    /// A second folder for validation; the last samples of the first where there is none.
    public var validationFolder: String?
    /// The name of the data reader; nil for the one that recognizes the folder, or that of the embedded scenes.
    public var reader: String?
    public var seed: UInt64 = 1
    public var trainingCount = 480
    public var validationCount = 96
    public var height = 96
    public var width = 128
    public var tasks = ["segmentation", "depth", "normals", "edges", "saliency"]
    public var flip = true
    public var jitter = 0.2
    public var scale = [1.0, 1.0]
    /// Zero: no cropping.
    public var cropHeight = 0
    public var cropWidth = 0
    public var threads = 2
    public var cache = true
    /// Zero: a quarter of the machine's memory.
    public var cacheMegabytes = 0
    public var pixelLimit = PictureReader.defaultPixelLimit
    public var unclearMasks = UnclearMaskReading.refused
  }

  public struct Network: Sendable, Equatable {
    /// A name of ``EncoderRegistry``.
    public var encoder = "resnet18"
    /// A name of ``DecoderRegistry``.
    public var decoder = "multi-scale"
    /// What of the encoder the tasks share: a name of ``SharingRegistry``, with parameters.
    public var sharing = MethodChoice("hard")
    /// A safetensors file with the encoder's pretrained weights.
    public var weights: String?
    public var dropPath = 0.0
  }

  public struct Method: Sendable, Equatable {
    public var weighting = MethodChoice("equal")
    public var aggregator = MethodChoice("sum")
    public var schedule = MethodChoice("joint")
    public var adaptation = MethodChoice("none")
    /// What the aggregator's gradients are taken with respect to.
    public var level = GradientLevel.parameters
  }

  /// How often and where the tasks' gradients are looked at.
  public struct Diagnostics: Sendable, Equatable {
    /// Steps between two looks; zero for none.
    public var every = 10
    public var level = GradientLevel.features
  }

  public struct OptimizerChoice: Sendable, Equatable {
    public var name = Name.adam
    public var learningRate = 1e-3
    public var weightDecay = 0.0
    public var momentum = 0.9
    /// Zero: no clipping.
    public var clipNorm = 0.0
    public var schedule = Schedule.polynomial
    public var power = 0.9
    public var milestones = [0.5, 0.75]
    public var decay = 0.1
    public var warmUpSteps = 0
    /// Whether weight decay acts on norms and biases, too: ``OptimizerGroups/decaysNormsAndBiases``.
    public var decaysNormsAndBiases = true
    /// Parameters that are optimized in ways of their own; of several entries that match a parameter, the first counts.
    public var groups: [OptimizerGroupChoice] = []

    public enum Name: String, Sendable, CaseIterable {
      case sgd
      case adam
      case adamW = "adamw"
    }

    /// How the learning rate falls.
    public enum Schedule: String, Sendable, CaseIterable {
      case constant
      case polynomial
      case cosine
      case multiStep = "multi-step"
    }
  }

  public struct Training: Sendable, Equatable {
    public var steps = 400
    public var batchSize = 8
    /// Parts of a batch for one step: each counts by its labels.
    public var accumulation = 1
    public var normalsLoss = NormalsLossKind.l1
    /// Steps between two evaluations; zero for one at the end alone.
    public var evaluateEvery = 100
    public var checkpointEvery = 100
  }
}
