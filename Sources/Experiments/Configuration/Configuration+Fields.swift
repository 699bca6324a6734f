import MultitaskLearning
import VisionNetworks

// What a configuration may say: the names, the allowed values and the help of every field.

extension Configuration {
  /// Of counts of steps: far more than any training has, and far from where products of counts overflow.
  static let largestStep = 1_000_000_000
}

extension Configuration.Run {
  static var fields: [Field<Self>] {
    [
      .seed("seed", \.seed, "of initial values, data order and every random choice"),
      Field(
        "device", \.device, "where tensors live", allowed: "cpu, cuda or cuda:N", parse: \.scalar?.string,
        isAllowed: { $0.firstMatch(of: /^(cpu|cuda(:[0-9]+)?)$/) != nil }, write: quoted),
      .integer("threads", \.threads, 0...1024, "of libtorch's kernels; 0 for as many as there are cores"),
      .choice("precision", \.precision, "of matrix products and convolutions"),
    ]
  }
}

extension Configuration.Data {
  static var fields: [Field<Self>] {
    [
      .path("folder", \.folder, "a data set folder; null for the embedded scenes"),
      .path("validationFolder", \.validationFolder, "a folder for validation; null for the last samples of `folder`"),
      .optionalName("reader", \.reader, "that reads the data; null for the one that recognizes `folder`"),
      .seed("seed", \.seed, "of the embedded scenes"),
      .integer(
        "trainingCount", \.trainingCount, 1...100_000_000, "scenes to train on; of a folder, the most samples to use"),
      .integer(
        "validationCount", \.validationCount, 1...100_000_000, "scenes (or last samples of the folder) to evaluate on"),
      .integer("height", \.height, 16...8192, "of the pictures, in pixels"),
      .integer("width", \.width, 16...8192, "of the pictures, in pixels"),
      .names("tasks", \.tasks, "which tasks to learn, in this order"),
      .boolean("flip", \.flip, "whether training pictures are mirrored at random"),
      .real("jitter", \.jitter, 0...1, "strength of random changes of color"),
      .reals("scale", \.scale, 0.1...10, "smallest and largest random enlargement"),
      .integer(
        "cropHeight", \.cropHeight, 0...8192,
        "of random crops; 0 for the whole picture; beyond it is black, and nothing known"),
      .integer("cropWidth", \.cropWidth, 0...8192, "of random crops; 0 for the whole picture"),
      .integer("threads", \.threads, 1...256, "that prepare batches"),
      .boolean("cache", \.cache, "whether decoded samples stay in memory"),
      .integer(
        "cacheMegabytes", \.cacheMegabytes, 0...1_000_000_000,
        "that they may take; 0 for a quarter of the machine's; samples beyond are read again"),
      .integer(
        "pixelLimit", \.pixelLimit, 1...1_000_000_000_000, "of a folder's pictures: larger ones are not decoded"),
      .choice(
        "unclearMasks", \.unclearMasks,
        "how a folder's masks of 0 and 255 alone are read: 255 as unknown or foreground"),
    ]
  }
}

extension Configuration.Network {
  static var fields: [Field<Self>] {
    [
      .name("encoder", \.encoder, among: EncoderRegistry.shared.names, "the trunk: images in, feature maps out"),
      .name("decoder", \.decoder, among: DecoderRegistry.shared.names, "from feature maps to each task's prediction"),
      .method("sharing", \.sharing, listedBy: "polymath networks", "what of the encoder the tasks share"),
      .path("weights", \.weights, "pretrained weights of the encoder, safetensors"),
      .real("dropPath", \.dropPath, 0...0.9, "stochastic depth of transformers"),
    ]
  }

  /// What fields that are gone are called now.
  static let renamedFields = [
    "normalization":
      "network.sharing has its place, with task-normalization for 'task', and hard for 'shared'"
  ]
}

extension Configuration.Method {
  static var fields: [Field<Self>] {
    [
      .method("weighting", \.weighting, "how much each loss counts"),
      .method("aggregator", \.aggregator, "how the tasks' gradients become one"),
      .method("schedule", \.schedule, "which tasks update when"),
      .method("adaptation", \.adaptation, "how the network changes while it trains"),
      .choice(
        "level", \.level,
        "what the aggregator's gradients are taken with respect to: all shared parameters, or the shared features"),
    ]
  }
}

extension Configuration.Diagnostics {
  static var fields: [Field<Self>] {
    [
      .integer(
        "every", \.every, 0...Configuration.largestStep, "steps between two looks at the tasks' gradients; 0 for none"),
      .choice(
        "level", \.level,
        "where: features cost a backward pass per task through its decoder, parameters one through everything"),
    ]
  }
}

extension Configuration.OptimizerChoice {
  static var fields: [Field<Self>] {
    [
      .choice("name", \.name, "the optimizer"),
      .real("learningRate", \.learningRate, 0...1000, "at its highest"),
      .real("weightDecay", \.weightDecay, 0...1, "pull of parameters towards zero"),
      .real("momentum", \.momentum, 0...1, "of sgd"),
      .real("clipNorm", \.clipNorm, 0...1e30, "largest norm of the gradient; 0 for no limit"),
      .choice("schedule", \.schedule, "how the learning rate falls"),
      .real("power", \.power, 0...10, "of the polynomial schedule"),
      .reals("milestones", \.milestones, 0...1, "of the multi-step schedule, as shares of the training"),
      .real("decay", \.decay, 0...1, "factor at each milestone"),
      .integer("warmUpSteps", \.warmUpSteps, 0...Configuration.largestStep, "in which the learning rate first rises"),
      .boolean(
        "decayNormsAndBiases", \.decaysNormsAndBiases,
        "whether weight decay acts on norms, biases, position embeddings and class tokens, too"),
      .groups(
        "groups", \.groups,
        "entries of parameters (a pattern of names) or group (of the network), with learningRateFactor, weightDecay, optimizer, momentum, frozen; the first that matches counts"
      ),
    ]
  }
}

extension Configuration.Training {
  static var fields: [Field<Self>] {
    [
      .integer("steps", \.steps, 1...Configuration.largestStep, "updates of the parameters"),
      .integer("batchSize", \.batchSize, 1...65536, "samples in a batch"),
      .integer("accumulation", \.accumulation, 1...4096, "parts of a batch for a step, each counted by its labels"),
      .choice(
        "normalsLoss", \.normalsLoss,
        "l1 as in the papers, or cosine, which learns faster from nothing"),
      .integer(
        "evaluateEvery", \.evaluateEvery, 0...Configuration.largestStep,
        "steps between evaluations; 0 for one at the end"),
      .integer(
        "checkpointEvery", \.checkpointEvery, 0...Configuration.largestStep,
        "steps between checkpoints; 0 for one at the end"),
    ]
  }
}
