import MultitaskLearning
import NeuralNetworks
import VisionData
import VisionNetworks

/// Everything that determines a run. Every field has a default; a file says what differs.
public struct Configuration: Sendable, Equatable {
  /// What is trained: a name of ``WorkloadRegistry``, with parameters.
  public var workload = MethodChoice("pixels")
  /// Where and with which seed the run is computed.
  public var run = Run()
  /// What is trained on, and how samples are changed.
  public var data = Data()
  /// What the network is made of.
  public var network = Network()
  /// How the tasks' losses and gradients become updates.
  public var method = Method()
  /// How often the tasks' gradients are looked at.
  public var diagnostics = Diagnostics()
  /// The rule of the updates.
  public var optimizer = OptimizerChoice()
  /// How long is trained, and how often evaluated.
  public var training = Training()

  /// Creates a configuration of defaults.
  public init() {}

  /// Where and with which seed a run is computed.
  public struct Run: Sendable, Equatable {
    /// The seed of initial values, of the order of samples and of all random changes.
    public var seed: UInt64 = 1
    /// The device: `cpu`, or `cuda` with a number behind a colon.
    public var device = "cpu"
    /// Zero: as many as the machine has.
    public var threads = 0
    /// The precision of matrix products and convolutions.
    public var precision = Precision.float32
  }

  /// What is trained on, and how samples are changed.
  public struct Data: Sendable, Equatable {
    /// A data set folder; the embedded scenes where there is none.
    public var folder: String?
    /// A second folder for validation; the last samples of the first where there is none.
    public var validationFolder: String?
    /// The name of the data reader; nil for the one that recognizes the folder, or that of the embedded scenes.
    public var reader: String?
    /// The seed of the embedded scenes.
    public var seed: UInt64 = 1
    /// The number of samples to train on, at most.
    public var trainingCount = 480
    /// The number of samples to validate on.
    public var validationCount = 96
    /// The height that images are resized to, in pixels.
    public var height = 96
    /// The width that images are resized to, in pixels.
    public var width = 128
    /// The names of the tasks.
    public var tasks = ["segmentation", "depth", "normals", "edges", "saliency"]
    /// Whether half of the samples are mirrored in training.
    public var flip = true
    /// The strength of random changes of color in training, from 0.
    public var jitter = 0.2
    /// The smallest and the largest random factor on the size in training.
    public var scale = [1.0, 1.0]
    /// Zero: no cropping.
    public var cropHeight = 0
    /// The width that training images are cropped to; zero for no cropping.
    public var cropWidth = 0
    /// The number of threads that prepare batches.
    public var threads = 2
    /// Whether samples are kept in memory.
    public var cache = true
    /// Zero: a quarter of the machine's memory.
    public var cacheMegabytes = 0
    /// Images with more pixels are refused before they are decoded.
    public var pixelLimit = PictureReader.defaultPixelLimit
    /// What a mask's 255 says where no 1 is beside it.
    public var unclearMasks = UnclearMaskReading.refused
  }

  /// What the network is made of.
  public struct Network: Sendable, Equatable {
    /// A name of ``EncoderRegistry``.
    public var encoder = "resnet18"
    /// A name of ``DecoderRegistry``.
    public var decoder = "multi-scale"
    /// What of the encoder the tasks share: a name of ``SharingRegistry``, with parameters.
    public var sharing = MethodChoice("hard")
    /// A safetensors file with the encoder's pretrained weights.
    public var weights: String?
    /// The probability that a transformer's last block is dropped in training.
    public var dropPath = 0.0
  }

  /// How the tasks' losses and gradients become updates.
  public struct Method: Sendable, Equatable {
    /// How much each loss counts.
    public var weighting = MethodChoice("equal")
    /// How the tasks' gradients become one.
    public var aggregator = MethodChoice("sum")
    /// Which tasks update when.
    public var schedule = MethodChoice("joint")
    /// How the network changes while it trains.
    public var adaptation = MethodChoice("none")
    /// What the aggregator's gradients are taken with respect to.
    public var level = GradientLevel.parameters
  }

  /// How often and where the tasks' gradients are looked at.
  public struct Diagnostics: Sendable, Equatable {
    /// Steps between two looks; zero for none.
    public var every = 10
    /// What the observed gradients are taken with respect to.
    public var level = GradientLevel.features
  }

  /// The rule of the updates.
  public struct OptimizerChoice: Sendable, Equatable {
    /// The rule.
    public var name = Name.adam
    /// The base learning rate.
    public var learningRate = 1e-3
    /// The weight decay, at least 0.
    public var weightDecay = 0.0
    /// The momentum of `sgd`, from 0 to 1.
    public var momentum = 0.9
    /// Zero: no clipping.
    public var clipNorm = 0.0
    /// How the learning rate falls.
    public var schedule = Schedule.polynomial
    /// The power of the polynomial schedule.
    public var power = 0.9
    /// When the multi-step schedule lowers the rate, as fractions of the training.
    public var milestones = [0.5, 0.75]
    /// What the multi-step schedule multiplies the rate by.
    public var decay = 0.1
    /// The steps in which the rate first rises linearly.
    public var warmUpSteps = 0
    /// Whether weight decay acts on norms and biases, too: ``OptimizerGroups/decaysNormsAndBiases``.
    public var decaysNormsAndBiases = true
    /// Parameters that are optimized in ways of their own; of several entries that match a parameter, the first counts.
    public var groups: [OptimizerGroupChoice] = []

    /// The rules by name.
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

  /// How long is trained, and how often evaluated.
  public struct Training: Sendable, Equatable {
    /// The number of steps.
    public var steps = 400
    /// The number of samples in a batch, or in a part of one.
    public var batchSize = 8
    /// Parts of a batch for one step: each counts by its labels.
    public var accumulation = 1
    /// How wrong normals are.
    public var normalsLoss = NormalsLossKind.l1
    /// Steps between two evaluations; zero for one at the end alone.
    public var evaluateEvery = 100
    /// Steps between two checkpoints; zero for one at the end alone.
    public var checkpointEvery = 100
  }
}
