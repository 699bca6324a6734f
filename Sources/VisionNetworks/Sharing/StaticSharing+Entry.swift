import Foundation
import MultitaskLearning
import NeuralNetworks
import Support

extension StaticSharing {
  /// The entry `static` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "static",
    summary: "Each task has the channels that remain of a gated network; `polymath prune` writes such a run.",
    paper:
      "GatedMTL (InterroGate): Learning to Share, Specialize, and Prune Representations for Multi-Task Learning, 2023",
    parameters: [
      MethodParameter("layout", .file, default: nil, "the file that says which channels remain")
    ]
  ) { settings in
    guard let path = settings.optionalFile("layout") else {
      throw MethodError(
        "static needs a 'layout', the file that says which channels remain: `polymath prune` makes it of a gated run")
    }
    let url = URL(fileURLWithPath: path)
    let layout = try StaticLayout(contentsOf: url)
    guard layout.wanted == settings.tasks else {
      throw FileError(
        url, "is the layout of a network for the tasks \(layout.wanted), but the tasks are \(settings.tasks)")
    }
    return StaticSharing(layout)
  }

  /// Checks whether the layout is one of an encoder.
  ///
  /// - Throws: ``NetworkError`` that names the first layer that does not fit.
  public func check(_ entry: EncoderEntry, _ request: EncoderRequest) throws {
    // The patches' embedding is a gated layer, or shared.
    let complaints = [true, false].map { layout.contradiction(in: entry, request, gatingEmbedding: $0) }
    guard complaints.contains(nil) else {
      throw NetworkError(
        "the layout of the static network does not fit the encoder \(entry.name): it \(complaints[0]!)")
    }
  }
}

extension StaticLayout {
  /// Reads a layout.
  ///
  /// - Throws: `FileError` for a file that is missing, or holds something else.
  public init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url) else {
      throw FileError(url, "there is no such file, but it has to be the layout of a static network")
    }
    guard let layout = try? JSONDecoder().decode(StaticLayout.self, from: data) else {
      throw FileError(url, "is no layout of a static network")
    }
    self = layout
  }

  /// Writes the layout as JSON.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try AtomicFile.write(encoder.encode(self), to: url)
  }

  fileprivate func contradiction(
    in entry: EncoderEntry, _ request: EncoderRequest, gatingEmbedding: Bool
  ) -> String? {
    // Without tasks, a gated encoder has its shared copy alone.
    let store = ParameterStore(seed: 0, device: .meta)
    let kit = GatedKit(root: store.root, tasks: [], gatesEmbedding: gatingEmbedding)
    _ = entry.make(store.root, request, kit: kit)
    let layers = Dictionary(uniqueKeysWithValues: kit.layers.map { ($0.name, $0) })
    return contradiction(in: kit.layers.map(\.name)) { name in
      (layers[name]!.gates.shape[1], layers[name]!.mix?.shape[1])
    }
  }
}
