import NeuralNetworks
import VisionNetworks

/// The cost of a network as text and JSON.
public struct CostReport: Encodable {
  /// The rows into which the cost is divided.
  public enum Division: String, Sendable, CaseIterable {
    /// A row for each part of the network, such as `backbone.layer1` or `heads.depth`.
    case module
    /// A row for each operator, such as `conv2d`.
    case `operator`
  }

  /// What some predictions, or some part of the network, cost.
  public struct Row: Encodable {
    /// The task, the module or the operator; `all tasks` for the whole network.
    public let name: String
    /// The number of elements of the parameters that are needed; nil for a part of the network.
    public let parameters: Int?
    /// The multiply-adds of all products, attention's included.
    public let multiplyAdds: Int
    /// Two for each multiply-add.
    public let flops: Int
    /// The multiply-adds of products of features with features, as attention has them.
    public let attentionMultiplyAdds: Int
    /// The elements to which something is done that is no product.
    public let elements: Int
    /// The most bytes of features at one time in an evaluation; nil for a part of the network.
    public let peakActivationBytes: Int?
    /// The bytes of features that a training keeps, by estimate; nil for a part of the network.
    public let trainingActivationBytes: Int?
  }

  /// The name of the encoder.
  public let network: String
  /// The height of the image, in pixels.
  public let height: Int
  /// The width of the image, in pixels.
  public let width: Int
  /// The cost of all predictions together.
  public let together: Row
  /// The cost of each task's prediction by itself, in the network's order.
  public let tasks: [Row]
  /// What the predictions of all tasks cost in each part of the network, in the order of a forward pass; nil if the
  /// report is not divided.
  public let parts: [Row]?

  /// What the counts leave out; nil if they say all.
  public let note: String?

  /// Creates the report of a network's cost.
  ///
  /// - Parameters:
  ///   - cost: the cost.
  ///   - name: what the network is called.
  ///   - note: what the counts leave out; nil if they say all.
  ///   - division: the rows into which the cost of all tasks together is divided; nil for none.
  public init(_ cost: NetworkCost, of name: String, note: String? = nil, by division: Division? = nil) {
    self.note = note
    network = name
    height = cost.height
    width = cost.width
    together = Row("all tasks", cost.together, parameters: cost.parameterCount)
    tasks = cost.tasks.map { Row($0.name, $0.cost, parameters: $0.cost.usedParameterCount) }
    parts = division.map { division in
      cost.together.sums { part in
        switch division {
        case .module: (part.module.split(separator: ".").prefix(2).joined(separator: "."), "")
        case .operator: ("", part.name)
        }
      }.map { Row($0.module + $0.name, $0) }
    }
  }

  /// The report as lines of text.
  public var text: String {
    let title = "\(network), one image of \(height)×\(width)"
    let columns = ["parameters", "multiply-adds", "FLOPs", "other elements"]
    func header(_ first: String, _ hasParameters: Bool) -> [String] {
      [first] + columns.dropFirst(hasParameters ? 0 : 1)
    }
    var text = [title, "", CostTable.text([header("", true)] + ([together] + tasks).map { $0.cells }), ""]
    text.append(
      "memory of features: at most \(CostTable.bytes(together.peakActivationBytes ?? 0)) in an evaluation, about "
        + "\(CostTable.bytes(together.trainingActivationBytes ?? 0)) kept in training, for each image of a batch")
    if together.attentionMultiplyAdds > 0 {
      text.append(
        "of the multiply-adds, \(CostTable.count(together.attentionMultiplyAdds)) are products of features, as attention has them"
      )
    }
    text.append("a multiply-add is two FLOPs; biases, norms, activations and resizing count as other elements")
    if let note { text.append(note) }
    if let parts { text += ["", CostTable.text([header("all tasks by part", false)] + parts.map { $0.cells })] }
    return text.joined(separator: "\n")
  }
}

extension CostReport.Row {
  fileprivate init(_ name: String, _ cost: ForwardCost, parameters: Int) {
    self.init(
      name: name, parameters: parameters, multiplyAdds: cost.multiplyAdds, flops: cost.flops,
      attentionMultiplyAdds: cost.featureMultiplyAdds, elements: cost.elementCount,
      peakActivationBytes: cost.peakActivationBytes, trainingActivationBytes: cost.trainingActivationBytes)
  }

  fileprivate init(_ name: String, _ part: ForwardCost.Part) {
    self.init(
      name: name.isEmpty ? "(outside of layers)" : name, parameters: nil, multiplyAdds: part.multiplyAdds,
      flops: 2 * part.multiplyAdds, attentionMultiplyAdds: part.featureMultiplyAdds, elements: part.elementCount,
      peakActivationBytes: nil, trainingActivationBytes: nil)
  }

  fileprivate var cells: [String] {
    [name] + [parameters, multiplyAdds, flops, elements].compactMap { $0.map(CostTable.count) }
  }
}
