import MultitaskLearning
import NeuralNetworks
import Torch

/// The way of sharing in which each task chooses at most k of several encoders, the experts, for every image, and mixes
/// their features; the choice is differentiable.
///
/// Each of k selectors chooses an expert by a binary code, whose digits are smooth steps of linear functions of the image. A
/// regularizer, added to the losses' sum, draws every selector to one expert: the entropy of its choices, and the inverse
/// of their sum where codes exist that belong to no expert. It is summed over the tasks and the selectors, and a mean over
/// the images.
///
/// The entries are named as in the public code of LibMTL: `experts_shared.0`, `_z_logits.depth.weight`,
/// `_w_logits.depth.weight`. That code sums the regularizer over the images, takes that of the last task only, and uses γ for
/// first values alone: the width of the steps is 1, as it is here. The gates look at the flattened image, so that all
/// images have the size for which the network is built.
///
/// - Source: Hazimeh et al., *DSelect-k: Differentiable Selection in the Mixture of Experts with Applications to Multi-Task
///   Learning*, NeurIPS 2021.
public struct DSelectKSharing: Sharing {
  /// The codes of the experts.
  public enum Code: String, Sendable {
    /// The number of the expert in binary digits.
    case binary
    /// Ones for all experts, so that a selector gives each the same weight: the public code under NumPy 2, which takes
    /// every digit's text for true.
    case ones

    func hasOne(_ expert: Int, atBit bit: Int) -> Bool { self == .ones || (expert >> bit) & 1 == 1 }
  }

  /// The number of experts, each of which is a whole encoder.
  public let experts: Int
  /// The number of selectors of each task, k.
  public let selectors: Int
  /// A hundred times the bound of the codes' first weights, γ.
  public let gamma: Double
  /// The factor of the entropy of the selectors' choices.
  public let entropy: Double
  /// The codes of the experts.
  public let code: Code

  /// Creates the way of sharing, by default with the settings of the public code.
  public init(experts: Int = 3, selectors: Int = 2, gamma: Double = 1, entropy: Double = 1e-6, code: Code = .binary) {
    self.experts = experts
    self.selectors = selectors
    self.gamma = gamma
    self.entropy = entropy
    self.code = code
  }

  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// The gates look at the flattened image: true.
  public var takesOneSize: Bool { true }

  /// Builds the experts and a gate for each task.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let experts = (0..<experts).map { entry.make(path["experts_shared"][$0], request) }
    let gates = tasks.map { task in
      SelectorGate(
        codes: path["_z_logits", task].reached(by: .task(task)),
        selectors: path["_w_logits", task].reached(by: .task(task)), from: request.imageElements,
        experts: experts.count, selectorCount: selectors, gamma: gamma, code: code)
    }
    let mixture = ExpertMixture(experts, gates: Dictionary(uniqueKeysWithValues: zip(tasks, gates)))
    let entropy = entropy
    return SharedEncoder(
      mixture, plain: experts[0],
      penalty: {
        guard let input = mixture.latestInput else { return nil }
        let terms = gates.map { $0.regularizer(input, weight: entropy) }
        return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
      }, origin: ExpertNames.origin)
  }
}

extension DSelectKSharing {
  /// The entry `dselect-k` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "dselect-k", summary: "Each task chooses some of several encoders for every image, by differentiable binary codes.",
    paper:
      "DSelect-k: Differentiable Selection in the Mixture of Experts with Applications to Multi-Task Learning, NeurIPS 2021",
    parameters: [
      MethodParameter("experts", .integer(2...64), default: .number(3), "the number of encoders"),
      MethodParameter("selectors", .integer(1...64), default: .number(2), "how many encoders a task chooses at most"),
      MethodParameter(
        "gamma", .real(1e-6...1000), default: .number(1), "a hundred times the bound of the codes' first weights"),
      MethodParameter(
        "entropy", .real(0...1000), default: .number(1e-6), "the factor of the entropy of the selectors' choices"),
      MethodParameter(
        "code", .choice(["binary", "ones"]), default: .text("binary"),
        "the experts' codes: their numbers, or ones for all, as public code under NumPy 2 has them"),
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    return DSelectKSharing(
      experts: settings.integer("experts"), selectors: settings.integer("selectors"), gamma: settings.number("gamma"),
      entropy: settings.number("entropy"), code: settings.choice("code"))
  }
}
