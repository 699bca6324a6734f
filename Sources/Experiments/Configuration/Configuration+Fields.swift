import MultitaskLearning
import VisionNetworks

// The fields of a configuration: their names, allowed values and summaries.

extension Configuration {
  /// The largest count of steps: far above any training, and far below counts whose products overflow.
  static let largestStep = 1_000_000_000
}

extension Configuration.Run {
  static var fields: [Field<Self>] {
    [
      .seed("seed", \.seed, "seed of initial values, of the data's order and of every random choice"),
      Field(
        "device", \.device, "device that holds the tensors", allowed: "cpu, cuda or cuda:N", parse: \.scalar?.string,
        isAllowed: { $0.firstMatch(of: /^(cpu|cuda(:[0-9]+)?)$/) != nil }, write: quoted),
      .integer("threads", \.threads, 0...1024, "threads of libtorch's kernels; 0 for the number of cores"),
      .choice("precision", \.precision, "precision of matrix products and convolutions"),
    ]
  }
}

extension Configuration.Data {
  static var fields: [Field<Self>] {
    [
      .path("folder", \.folder, "path of a data set; null for the embedded scenes"),
      .path(
        "validationFolder", \.validationFolder,
        "path of a data set for validation; null for the last samples of `folder`"),
      .optionalMethod(
        "dataset", \.dataset, listedBy: "polymath datasets",
        "name of the data set's reader, with its settings; null for the one that recognizes `folder`"),
      .seed("seed", \.seed, "seed of the embedded scenes"),
      .integer(
        "trainingCount", \.trainingCount, 1...100_000_000,
        "number of scenes to train on, or largest number of samples to use of a folder"),
      .integer(
        "validationCount", \.validationCount, 1...100_000_000,
        "number of scenes or of the folder's last samples to evaluate on, or largest number of `validationFolder`"),
      .integer("height", \.height, 16...8192, "height of the images, in pixels"),
      .integer("width", \.width, 16...8192, "width of the images, in pixels"),
      .choice(
        "channels", \.channels, "channels of the images: colors, or colors and depth, which each sample then needs"),
      .reals(
        "depthRange", \.depthRange, 0...10_000,
        "nearest and farthest depth of images with depth, in meters, of which the network gets -2 and 2"),
      .choice(
        "fit", \.fit, "how images of other sizes get height and width: resized, or padded, which keeps their scale"),
      .choice(
        "normalization", \.normalization,
        "what colors become: by the statistics of ImageNet, from -1 to 1 (symmetric), or as they are (identity)"),
      .names("tasks", \.tasks, "tasks to learn, in this order"),
      .boolean("flip", \.flip, "whether training images are mirrored at random"),
      .real("jitter", \.jitter, 0...1, "strength of random changes of the training images' color; 0 for none"),
      .reals("scale", \.scale, 0.1...10, "smallest and largest factor by which training images are enlarged at random"),
      .reals("scales", \.scales, 0.1...10, "factors of which one is drawn in place of those of `scale`"),
      .choice(
        "scaleRule", \.scaleRule,
        "what becomes of an enlarged image's size: it grows, and crops are needed, or stays, with its center or a random part"
      ),
      .reals(
        "rotation", \.rotation, -180...180, "smallest and largest angle by which training images turn, in degrees"),
      .boolean(
        "photometric", \.photometric,
        "whether brightness, contrast, saturation and hue change at random, as in detectors"),
      .real(
        "categoryLimit", \.categoryLimit, 0...1,
        "largest fraction of a crop that one class of the first segmentation may have, within ten draws; 1 for any"),
      .integer(
        "cropHeight", \.cropHeight, 0...8192,
        "height of random crops, in pixels; 0 for whole images; outside the image, crops are black and have no labels"
      ),
      .integer("cropWidth", \.cropWidth, 0...8192, "width of random crops, in pixels; 0 for whole images"),
      .integer("threads", \.threads, 1...256, "threads that prepare batches"),
      .boolean("cache", \.cache, "whether decoded samples stay in memory"),
      .integer(
        "cacheMegabytes", \.cacheMegabytes, 0...1_000_000_000,
        "memory for decoded samples; 0 for a quarter of the machine's memory; samples that do not fit are read again"),
      .integer(
        "pixelLimit", \.pixelLimit, 1...1_000_000_000_000,
        "largest number of pixels of an image in a folder; larger images are refused before they are decoded"),
      .choice(
        "unclearMasks", \.unclearMasks,
        "how masks that hold only 0 and 255 are read: refused, or with 255 as unknown or as foreground"),
    ]
  }
}

extension Configuration.Network {
  static var fields: [Field<Self>] {
    [
      .name("encoder", \.encoder, among: EncoderRegistry.shared.names, "encoder, which turns images into feature maps"),
      .method(
        "decoder", \.decoder, among: DecoderRegistry.shared.names, listedBy: "polymath networks",
        "decoder, which turns feature maps into each task's prediction"),
      .method("sharing", \.sharing, listedBy: "polymath networks", "how the tasks share the encoder"),
      .path(
        "weights", \.weights,
        "safetensors file with pretrained weights of the encoder, or an earlier run; null for random weights"),
      .paths(
        "start", \.start,
        "earlier runs that the network starts from: one for everything, or one for each task, for the task's own parts"),
      .real("dropPath", \.dropPath, 0...0.9, "rate of stochastic depth in transformers"),
    ]
  }

  /// What replaces fields that do not exist any more, by their old names.
  static let renamedFields = [
    "normalization":
      "network.sharing has its place, with task-normalization for 'task', and hard for 'shared'"
  ]
}

extension Configuration.Method {
  static var fields: [Field<Self>] {
    [
      .method("weighting", \.weighting, "how the losses are weighted"),
      .method("aggregator", \.aggregator, "how the tasks' gradients are combined"),
      .method("schedule", \.schedule, "which tasks update in which step"),
      .method("adaptation", \.adaptation, "how the network changes during training"),
      .choice(
        "level", \.level,
        "what the aggregator's gradients are taken with respect to: all shared parameters, or the shared features"),
      .choice(
        "scale", \.scale,
        "what directions are multiplied by: a constant of the method, so that T equal gradients g give T g (common), nothing (native), or what the workload has (automatic: common for detection)"
      ),
    ]
  }
}

extension Configuration.Diagnostics {
  static var fields: [Field<Self>] {
    [
      .integer(
        "every", \.every, 0...Configuration.largestStep,
        "steps between two observations of the tasks' gradients; 0 for none"),
      .choice(
        "level", \.level,
        "level of the observed gradients; parameters cost each task a backward pass through the whole network, features one through its decoder"
      ),
      .boolean(
        "layers", \.layers,
        "whether conflicts of the tasks' gradients are counted in every layer and step, for `polymath analyze --layers` and network.sharing: branched; all observations are then of parameters"
      ),
    ]
  }
}

extension Configuration.OptimizerChoice {
  static var fields: [Field<Self>] {
    [
      .choice("name", \.name, "optimizer"),
      .real("learningRate", \.learningRate, 0...1000, "highest learning rate"),
      .real(
        "weightDecay", \.weightDecay, 0...1, "factor of weight decay, which pulls parameters toward zero; 0 for none"),
      .real("momentum", \.momentum, 0...1, "momentum of sgd"),
      .real("clipNorm", \.clipNorm, 0...1e30, "norm to which larger gradients are clipped; 0 for no clipping"),
      .choice("schedule", \.schedule, "how the learning rate changes after the warm-up"),
      .real("power", \.power, 0...10, "exponent of the polynomial schedule"),
      .reals(
        "milestones", \.milestones, 0...1,
        "milestones of the multi-step schedule, as fractions of the steps after the warm-up"),
      .real("decay", \.decay, 0...1, "factor on the learning rate at each milestone"),
      .integer(
        "warmUpSteps", \.warmUpSteps, 0...Configuration.largestStep,
        "steps at the start in which the learning rate rises linearly"),
      .boolean(
        "decayNormsAndBiases", \.decaysNormsAndBiases,
        "whether weight decay also acts on norms, biases, position embeddings and class tokens"),
      .groups(
        "groups", \.groups,
        "list of {parameters: a pattern of names} or {group: a group of the network}, each with learningRateFactor, weightDecay, optimizer, momentum or frozen; for a parameter, the first entry that matches counts"
      ),
    ]
  }
}

extension Configuration.Training {
  static var fields: [Field<Self>] {
    [
      .integer("steps", \.steps, 1...Configuration.largestStep, "number of steps"),
      .integer("batchSize", \.batchSize, 1...65536, "samples in a batch"),
      .integer("accumulation", \.accumulation, 1...4096, "batches of a step, each counted by its labels"),
      .choice(
        "lossFamily", \.lossFamily,
        "whose losses, where public codes differ: cnn has normals per component and one logit of saliency, vit normals per pixel and two logits, mixed normals per pixel and one logit"
      ),
      .choice(
        "normalsLoss", \.normalsLoss,
        "loss of surface normals: l1, as in publications, or cosine, which learns faster from random weights"),
      .integer(
        "evaluateEvery", \.evaluateEvery, 0...Configuration.largestStep,
        "steps between two evaluations; 0 for a single one at the end"),
      .integer(
        "checkpointEvery", \.checkpointEvery, 0...Configuration.largestStep,
        "steps between two checkpoints; 0 for a single one at the end"),
    ]
  }
}
