import Foundation
import Support
import VisionNetworks
import Yams

/// A network and its tasks as a file describes them, without data: `polymath forward`.
///
/// ```yaml
/// network: {encoder: hrnet_w18_small_v2, decoder: mti-net, sharing: hard}
/// tasks: {semseg: 40, normals: 3, edge: 1, depth: 1}
/// image: {height: 480, width: 640}
/// ```
///
/// `network` has the fields of a configuration's section. `tasks` gives every task the channels of its prediction, in the
/// network's order. `image` is the size for which a transformer's positions are learned, and may be left out.
public struct NetworkDescription: Sendable {
  /// The parts of the network.
  public var network = Configuration.Network()
  /// Every task with the channels of its prediction.
  public var tasks: [TaskOutput] = []
  /// The height and width of the images for which the network is built; nil for those that it is given.
  public var imageSize: (height: Int, width: Int)?

  private static let sections = ["network", "tasks", "image"]

  /// Reads a description.
  ///
  /// - Throws: `FileError`, or ``ConfigurationError`` with the line and the allowed values.
  public init(contentsOf url: URL) throws {
    try self.init(yaml: YAMLText.contents(of: url), source: url.path)
  }

  /// - Parameters:
  ///   - yaml: the description as YAML.
  ///   - source: what errors call the text.
  public init(yaml: String, source: String = "network") throws {
    guard let sections = try YAMLText.root(of: yaml, source: source)?.mapping else {
      throw ConfigurationError(
        "\(source): a network has sections: \(Self.sections.joined(separator: ", ")), such as 'tasks: {depth: 1}'")
    }
    var configuration = Configuration()
    for (key, value) in sections {
      let name = key.scalar?.string ?? ""
      guard Self.sections.contains(name) else {
        throw ConfigurationError(key, in: source, unknownName("section", name, among: Self.sections))
      }
      guard let fields = value.mapping else {
        throw ConfigurationError(value, in: source, "'\(name)' is \(value.briefly), but has fields")
      }
      for (field, content) in fields {
        let fieldName = field.scalar?.string ?? ""
        switch name {
        case "network": try configuration.read(field: fieldName, of: name, content, in: source)
        case "tasks": tasks.append(try Self.task(fieldName, content, source))
        default: try readSide(fieldName, content, source)
        }
      }
    }
    network = configuration.network
    guard !tasks.isEmpty else {
      throw ConfigurationError("\(source): 'tasks' is missing, such as 'tasks: {semseg: 40, depth: 1}'")
    }
    guard network.weights == nil, network.start.isEmpty else {
      let field = network.start.isEmpty ? "weights" : "start"
      throw ConfigurationError("\(source): 'network.\(field)' is for trainings: here weights are an argument")
    }
    guard imageSize.map({ $0.height > 0 && $0.width > 0 }) ?? true else {
      throw ConfigurationError("\(source): 'image' needs a height and a width")
    }
  }

  private static let largestChannels = 100_000

  private static func task(_ name: String, _ node: Node, _ source: String) throws -> TaskOutput {
    guard let channels = node.integer, (1...largestChannels).contains(channels) else {
      throw ConfigurationError(
        node, in: source,
        "'tasks.\(excerpt(name))' is \(node.briefly), but has to be the number of channels, from 1 to \(largestChannels)"
      )
    }
    guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "_-".contains($0) }) else {
      throw ConfigurationError(
        node, in: source, "'\(excerpt(name))' is no name of a task: letters, digits, _ and - are allowed")
    }
    return TaskOutput(task: name, channels: channels)
  }

  private mutating func readSide(_ name: String, _ node: Node, _ source: String) throws {
    guard let side = node.integer, (1...8192).contains(side) else {
      throw ConfigurationError(
        node, in: source, "'image.\(excerpt(name))' is \(node.briefly), but has to be a whole number from 1 to 8192")
    }
    var size = imageSize ?? (0, 0)
    switch name {
    case "height": size.height = side
    case "width": size.width = side
    default:
      throw ConfigurationError(node, in: source, unknownName("field of 'image'", name, among: ["height", "width"]))
    }
    imageSize = size
  }

  /// Finds the parts of the network for images of a size.
  ///
  /// - Throws: `RegistryError`, `MethodError` or `NetworkError` for parts that do not exist, or do not go together.
  public func plan(height: Int, width: Int, channels: Int = 3) throws -> NetworkPlan {
    let plan = NetworkPlan(
      encoder: try EncoderRegistry.shared.require(network.encoder),
      sharing: try SharingRegistry.shared.require(network.sharing.name)
        .make(network.sharing.settings, tasks: tasks.map(\.task)),
      decoder: try DecoderRegistry.shared.require(network.decoder.name).with(network.decoder.settings),
      outputs: tasks,
      request: EncoderRequest(
        imageHeight: imageSize?.height ?? height, imageWidth: imageSize?.width ?? width, imageChannels: channels,
        dropPath: network.dropPath))
    try plan.check()
    try plan.check(height: plan.request.imageHeight, width: plan.request.imageWidth)
    try plan.check(height: height, width: width)
    return plan
  }
}
