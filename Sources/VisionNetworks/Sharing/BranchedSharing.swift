import Foundation
import MultitaskLearning
import NeuralNetworks
import Support

/// The way of sharing in which some layers of the encoder belong to the tasks, and all others are shared: those in which the
/// tasks' gradients were in conflict most often in an earlier training.
///
/// - Source: Shi et al., *Recon: Reducing Conflicting Gradients from the Root for Multi-Task Learning*, ICLR 2023.
public struct BranchedSharing: Sharing {
  /// Where the layers come from.
  public enum Choice: Sendable, Equatable {
    /// These layers, by their names in the encoder, such as `layer1.0.conv1`.
    case named([String])
    /// The first `top` of these, which have to be all layers that the encoder can branch.
    case first(_ top: Int, of: [String])
  }

  /// The layers that belong to the tasks.
  public let choice: Choice

  /// Creates the way of sharing.
  public init(_ choice: Choice) { self.choice = choice }

  /// The encoder's layers have to come from a kit.
  public var requirements: Set<EncoderTraits.Capability> { [.kitLayers] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }

  /// Builds an encoder some of whose layers each task has for itself. Layers that the encoder does not have stop the
  /// process.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let branched: Set<String>
    do { branched = try layers(of: entry, request) } catch { fatalError("\(error)") }
    let kit = BranchedKit(root: path, tasks: tasks, branched: branched)
    let encoder = entry.make(path, request, kit: kit)
    return SharedEncoder(encoder, origin: EntryOrigin.ofTaskLayers(branched))
  }

  /// Checks whether the encoder has the layers.
  ///
  /// - Throws: ``NetworkError`` that names a layer that it lacks.
  public func check(_ entry: EncoderEntry, _ request: EncoderRequest) throws { _ = try layers(of: entry, request) }

  private func layers(of entry: EncoderEntry, _ request: EncoderRequest) throws -> Set<String> {
    let known = Self.layers(of: entry, request)
    switch choice {
    case .named(let names):
      if let unknown = names.first(where: { !known.contains($0) }) {
        throw NetworkError(
          "branched: " + unknownName("layer of \(entry.name)", unknown, among: known))
      }
      return Set(names)
    case .first(let top, let order):
      let all = Set(order)
      if let missing = known.first(where: { !all.contains($0) }) {
        throw NetworkError(
          "branched: the run did not count the conflicts of '\(missing)', a layer of \(entry.name): it has to be a run of the same encoder, with network.sharing: hard"
        )
      }
      guard top <= known.count else {
        throw NetworkError("branched: top is \(top), but \(entry.name) has \(known.count) layers")
      }
      return Set(order.filter(Set(known).contains).prefix(top))
    }
  }

  /// The layers of an encoder that a kit makes, in the order in which they are built.
  static func layers(of entry: EncoderEntry, _ request: EncoderRequest) -> [String] {
    let path = ParameterStore(seed: 0, device: .meta).root["encoder"]
    let kit = BranchedKit(root: path, tasks: [], branched: [])
    _ = entry.make(path, request, kit: kit)
    return kit.layers
  }
}

extension BranchedSharing {
  /// The entry `branched` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "branched",
    summary: "The layers in which tasks were in conflict most often in an earlier run belong to the tasks (Recon).",
    paper: "Recon: Reducing Conflicting Gradients from the Root for Multi-Task Learning, ICLR 2023",
    parameters: [
      MethodParameter("run", .file, default: nil, "a run with diagnostics.layers, whose conflicts choose the layers"),
      MethodParameter("top", .integer(1...100_000), default: nil, "how many layers belong to the tasks"),
      MethodParameter(
        "threshold", .real(-1...0), default: .number(0), "the cosine below which gradients are in conflict"),
      MethodParameter("layers", .names, default: nil, "the layers by name, in place of run and top"),
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    let (run, top) = (settings.optionalFile("run"), settings.optionalInteger("top"))
    if let layers = settings.optionalNames("layers") {
      guard run == nil, top == nil else {
        throw MethodError("branched: 'layers' takes the place of 'run' and 'top'")
      }
      return BranchedSharing(.named(layers))
    }
    guard let run, let top else {
      throw MethodError("branched: either 'run' and 'top' have to be given, or 'layers'")
    }
    let order = try LayerConflicts(ofRun: URL(fileURLWithPath: run)).order(below: settings.number("threshold"))
    let prefix = MultitaskNetwork.encoderPrefix
    return BranchedSharing(
      .first(top, of: order.map(\.layer).filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }))
  }
}
