import MultitaskLearning
import NeuralNetworks
import VisionData
import VisionNetworks

/// Everything that determines a run: what is trained, on which data, and how.
///
/// Every field has a default, so a configuration file holds only the fields that differ. Values that are set in code
/// are checked when a run starts.
public struct Configuration: Sendable, Equatable {
  /// The workload to train: a name of ``WorkloadRegistry``, with parameters. It defaults to `pixels`.
  public var workload = MethodChoice("pixels")
  /// The settings of the process: seed, device, threads and precision.
  public var run = Run()
  /// The data, their tasks and the augmentation of training samples.
  public var data = Data()
  /// The parts of the network.
  public var network = Network()
  /// The parts of the multi-task method.
  public var method = Method()
  /// The observation of the tasks' gradients.
  public var diagnostics = Diagnostics()
  /// The optimizer and the learning rate.
  public var optimizer = OptimizerChoice()
  /// The length of the training, its batches and its evaluations.
  public var training = Training()

  /// Creates a configuration of defaults: a ResNet-18 that learns five tasks on the embedded scenes.
  public init() {}

  /// The section `run`: the settings of the process.
  public struct Run: Sendable, Equatable {
    /// The seed of initial values, of the data's order and of every random choice; defaults to 1.
    public var seed: UInt64 = 1
    /// The device that holds the tensors: `cpu`, `cuda` or `cuda:N`. It defaults to `cpu`.
    public var device = "cpu"
    /// The number of threads of libtorch's kernels, at most 1024; zero, the default, stands for the number of cores.
    public var threads = 0
    /// The precision of matrix products and convolutions; defaults to ``Precision/float32``.
    public var precision = Precision.float32
  }

  /// The section `data`: the samples, their tasks and their augmentation.
  public struct Data: Sendable, Equatable {
    /// The path of a data set; nil, the default, stands for the embedded scenes.
    public var folder: String?
    /// The path of a second data set for validation; if nil, the last samples of ``folder`` are used.
    public var validationFolder: String?
    /// The data set by the name of its reader, with the reader's settings; if nil, the reader is the one that recognizes
    /// ``folder``, or that of the embedded scenes.
    public var dataset: MethodChoice?
    /// The seed of the embedded scenes; defaults to 1.
    public var seed: UInt64 = 1
    /// The number of scenes to train on, or the largest number of samples to use of a folder; defaults to 480.
    public var trainingCount = 480
    /// The number of scenes to evaluate on, of a folder's last samples, or the largest number of samples to use of
    /// ``validationFolder``; defaults to 96.
    public var validationCount = 96
    /// The height of the images in pixels, from 16 to 8192; samples are resized to it. It defaults to 96.
    public var height = 96
    /// The width of the images in pixels, from 16 to 8192; samples are resized to it. It defaults to 128.
    public var width = 128
    /// The channels of the images; defaults to `ImageChannels/rgb`.
    ///
    /// With `ImageChannels/rgbd`, every sample needs a depth image, and the encoder takes four channels.
    public var channels = ImageChannels.rgb
    /// The nearest and the farthest depth of images with depth, from 0 to 10,000 meters.
    ///
    /// The network gets depth divided so that they become −2 and 2. The default, `[0.5, 1.8]`, fits the embedded scenes.
    public var depthRange = [0.5, 1.8]
    /// The way in which images of other sizes get ``height`` and ``width``; defaults to ``ImageFit/resize``.
    public var fit = ImageFit.resize
    /// The numbers that colors become for the network; defaults to ``ColorNormalization/imageNet``.
    public var normalization = ColorNormalization.imageNet
    /// The names of the tasks to learn, in the order of all results; defaults to the five tasks of the embedded scenes.
    public var tasks = ["segmentation", "depth", "normals", "edges", "saliency"]
    /// Whether training images are mirrored at random; defaults to true.
    public var flip = true
    /// The strength of random changes of color, from 0 to 1: factors lie within 1 ± `jitter`. It defaults to 0.2.
    public var jitter = 0.2
    /// The smallest and the largest factor, each from 0.1 to 10, by which training images are enlarged at random.
    ///
    /// `[1, 1]`, the default, leaves the size as it is.
    public var scale = [1.0, 1.0]
    /// Factors, each from 0.1 to 10, of which one is drawn in place of those of ``scale``; empty by default.
    public var scales: [Double] = []
    /// What becomes of the size of an enlarged image; defaults to ``ScaleRule/grow``.
    public var scaleRule = ScaleRule.grow
    /// The smallest and the largest angle in degrees, each from −180 to 180, by which training images are turned at random.
    ///
    /// `[0, 0]`, the default, turns none.
    public var rotation = [0.0, 0.0]
    /// Whether brightness, contrast, saturation and hue of training images are changed at random, as in detectors; defaults
    /// to false.
    public var photometric = false
    /// The largest fraction, from 0 to 1, of a crop that one class of the first task of classes may have, unless ten draws
    /// give no such crop; 1, the default, takes every crop.
    public var categoryLimit = 1.0
    /// The height of random crops of training images in pixels; zero, the default, stands for whole images.
    public var cropHeight = 0
    /// The width of random crops of training images in pixels; zero, the default, stands for whole images.
    public var cropWidth = 0
    /// The number of threads that prepare batches, from 1 to 256; defaults to 2.
    public var threads = 2
    /// Whether decoded samples stay in memory; defaults to true.
    public var cache = true
    /// The most memory for decoded samples in megabytes; zero, the default, stands for a quarter of the machine's.
    public var cacheMegabytes = 0
    /// The largest number of pixels of an image in a folder; larger images are refused before they are decoded.
    public var pixelLimit = PictureReader.defaultPixelLimit
    /// The reading of masks that hold only 0 and 255; defaults to `UnclearMaskReading/refused`.
    public var unclearMasks = UnclearMaskReading.refused
  }

  /// The section `network`: the parts of the network.
  public struct Network: Sendable, Equatable {
    /// The encoder: a name of `EncoderRegistry`. It defaults to `resnet18`.
    public var encoder = "resnet18"
    /// The decoder of every task: a name of `DecoderRegistry`, with parameters. It defaults to `multi-scale`.
    public var decoder = MethodChoice("multi-scale")
    /// The way in which tasks share the encoder: a name of `SharingRegistry`, with parameters. It defaults to `hard`.
    public var sharing = MethodChoice("hard")
    /// The path of a safetensors file with pretrained weights of the encoder, or of an earlier run's folder; nil, the
    /// default, for random weights.
    public var weights: String?
    /// The folders of earlier runs from which the network starts: one for everything, or one for each task, from which
    /// the task's parts of encoder and decoders start. It defaults to none.
    public var start: [String] = []
    /// The rate of stochastic depth in transformers, from 0 to 0.9; defaults to 0.
    public var dropPath = 0.0
  }

  /// The section `method`: the parts of the multi-task method, as `polymath methods` lists them.
  public struct Method: Sendable, Equatable {
    /// The weighting of the losses; defaults to `equal`.
    public var weighting = MethodChoice("equal")
    /// The aggregator, which combines the tasks' gradients; defaults to `sum`.
    public var aggregator = MethodChoice("sum")
    /// The schedule, which decides which tasks update in which step; defaults to `joint`.
    public var schedule = MethodChoice("joint")
    /// The adaptation, which changes the network during training; defaults to `none`, which leaves it as it is.
    public var adaptation = MethodChoice("none")
    /// The level of the aggregator's gradients; defaults to `GradientLevel/parameters`.
    public var level = GradientLevel.parameters
    /// What the directions of the method are multiplied by; defaults to what the workload has.
    public var scale = Scale.automatic

    /// What the directions of a method are multiplied by.
    public enum Scale: String, Sendable, CaseIterable {
      /// What the workload has: `common` for `detection`, `native` for the others, unless they say otherwise.
      case automatic
      /// A constant with which T equal gradients g give T g, whatever the method.
      case common
      /// Nothing: each method has the scale in which it was published.
      case native
    }
  }

  /// The section `diagnostics`: how often and at which level the tasks' gradients are observed.
  public struct Diagnostics: Sendable, Equatable {
    /// The number of steps between two observations, 10 by default; zero turns them off.
    public var every = 10
    /// The level of the observed gradients; defaults to `GradientLevel/features`.
    public var level = GradientLevel.features
    /// Whether conflicts of the tasks' gradients are counted in every layer and step; defaults to false. All observations
    /// are then of parameters.
    public var layers = false
  }

  /// The section `optimizer`: the optimizer and the learning rate.
  public struct OptimizerChoice: Sendable, Equatable {
    /// The optimizer; defaults to ``Name/adam``.
    public var name = Name.adam
    /// The learning rate that ``schedule`` starts from, from 0 to 1000; defaults to 0.001.
    public var learningRate = 1e-3
    /// The factor of weight decay, from 0 to 1; zero, the default, turns it off.
    ///
    /// The decay is added to the gradient, but decoupled from it in ``Name/adamW``.
    public var weightDecay = 0.0
    /// The momentum of ``Name/sgd``, from 0 to 1; defaults to 0.9.
    public var momentum = 0.9
    /// The largest norm of the gradient; zero, the default, turns clipping off.
    public var clipNorm = 0.0
    /// The schedule of the learning rate after the warm-up; defaults to ``Schedule/polynomial``.
    public var schedule = Schedule.polynomial
    /// The exponent of the polynomial schedule, from 0 to 10; defaults to 0.9.
    public var power = 0.9
    /// The milestones of the multi-step schedule, as fractions of the steps after the warm-up; default to 0.5 and 0.75.
    public var milestones = [0.5, 0.75]
    /// The factor on the learning rate at each milestone, from 0 to 1; defaults to 0.1.
    public var decay = 0.1
    /// The number of steps in which the learning rate rises linearly at the start; defaults to 0.
    public var warmUpSteps = 0
    /// Whether weight decay also acts on norms, biases, position embeddings and class tokens; defaults to true.
    public var decaysNormsAndBiases = true
    /// Groups of parameters with rules of their own; of several groups that match a parameter, the first counts.
    public var groups: [OptimizerGroupChoice] = []

    /// The optimizers.
    public enum Name: String, Sendable, CaseIterable {
      /// Stochastic gradient descent with ``momentum``.
      case sgd
      /// Adam, with weight decay as a part of the gradient.
      case adam
      /// Adam with decoupled weight decay.
      case adamW = "adamw"
    }

    /// The shapes of the learning rate over the training, with t from 0 to 1 after the warm-up.
    public enum Schedule: String, Sendable, CaseIterable {
      /// The rate stays the same.
      case constant
      /// The factor is `(1 − t)^power`.
      case polynomial
      /// The factor is half a cosine, which falls from 1 to 0.
      case cosine
      /// The rate is multiplied by ``decay`` at each of the ``milestones``.
      case multiStep = "multi-step"
    }
  }

  /// The section `training`: the length of the training, its batches and its evaluations.
  public struct Training: Sendable, Equatable {
    /// The number of steps, at least 1; defaults to 400.
    public var steps = 400
    /// The number of samples in a batch, from 1 to 65536; defaults to 8.
    public var batchSize = 8
    /// The number of batches of a step, from 1 to 4096, each counted by its labels; defaults to 1.
    public var accumulation = 1
    /// The public code whose losses are trained with, where codes differ; defaults to ``LossFamily/mixed``.
    public var lossFamily = LossFamily.mixed
    /// The loss of surface normals; defaults to ``NormalsLossKind/l1``.
    public var normalsLoss = NormalsLossKind.l1
    /// The number of steps between two evaluations, 100 by default; zero stands for a single one at the end.
    public var evaluateEvery = 100
    /// The number of steps between two checkpoints, 100 by default; zero stands for a single one at the end.
    public var checkpointEvery = 100
  }
}
