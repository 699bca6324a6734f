import NeuralNetworks
import Support

/// How often the gradients of two tasks pointed against each other in each layer of a network, counted over a training.
///
/// - Source: Shi et al., *Recon: Reducing Conflicting Gradients from the Root for Multi-Task Learning*, ICLR 2023, section
///   4.2.
public struct LayerConflicts: Codable, Sendable, Equatable {
  /// The layers in the order of the network.
  public let layers: [String]
  /// The number of steps that were counted.
  public private(set) var steps = 0
  /// Of each layer, the numbers of cosines below 0, -0.01, -0.02, … and -1.
  private var counts: [[Int]]

  /// The number of thresholds: two neighbors are a hundredth apart.
  private static let thresholdCount = 101

  /// Creates counts of zero for the layers of some names.
  public init(layers: [String]) {
    self.layers = layers
    counts = layers.map { _ in [Int](repeating: 0, count: Self.thresholdCount) }
  }

  /// Counts a step. Layers of other names stop the process.
  ///
  /// - Parameter gramians: of each layer, the inner products of the tasks' gradients.
  public mutating func count(_ gramians: [(name: String, gramian: Gramian)]) {
    steps += 1
    let positions = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1, $0) })
    for (name, gramian) in gramians {
      guard let layer = positions[name] else { fatalError("there is no layer '\(name)' among \(layers)") }
      for cosine in gramian.pairCosines {
        for index in 0..<Self.thresholdCount where cosine < -Double(index) / 100 { counts[layer][index] += 1 }
      }
    }
  }

  /// The layers with their scores, the highest first; of equal scores, in the order of the network.
  ///
  /// - Parameter threshold: S from -1 to 0, in hundredths: a score is the number of steps and pairs of tasks whose cosine is
  ///   below it.
  /// - Throws: ``MethodError`` for another threshold.
  public func order(below threshold: Double = 0) throws -> [(layer: String, score: Int)] {
    let index = (-threshold * 100).rounded()
    guard (0...100).contains(index), abs(index + threshold * 100) < 1e-9 else {
      throw MethodError("the threshold is \(threshold), but has to be from -1 to 0 in hundredths: 0, -0.02, -0.1")
    }
    return zip(layers, counts).map { ($0, $1[Int(index)]) }.enumerated()
      .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map { ($0.element.0, $0.element.1) }
  }

  private enum CodingKeys: String, CodingKey {
    case layers, steps, counts
  }

  /// Reads counts.
  ///
  /// - Throws: `DecodingError` for counts that do not fit the layers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layers = try container.decode([String].self, forKey: .layers)
    steps = try container.decode(Int.self, forKey: .steps)
    counts = try container.decode([[Int]].self, forKey: .counts)
    let isRight =
      steps >= 0 && counts.count == layers.count && Set(layers).count == layers.count
      && counts.allSatisfy { $0.count == Self.thresholdCount && $0.allSatisfy { $0 >= 0 } }
    guard isRight else {
      throw DecodingError.dataCorruptedError(
        forKey: .counts, in: container, debugDescription: "the counts do not fit the layers")
    }
  }
}

extension LayerConflicts {
  /// Creates counts of zero for the layers of a network that every task reaches, in its order.
  public init(of store: ParameterStore) {
    var layers: [String] = []
    for parameter in store.allParameters where parameter.scope.reach == .everyTask && !parameter.isFrozen {
      let layer = GradientSegment(name: parameter.name, columns: 0..<0).layer
      if !layers.contains(layer) { layers.append(layer) }
    }
    self.init(layers: layers)
  }
}
