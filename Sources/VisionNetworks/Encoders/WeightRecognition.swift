import NeuralNetworks
import Support
import Torch

/// The recognition of foreign weights: which encoder of the registry has the entries of a file.
struct WeightRecognition {
  /// The names of the encoders that have all entries of the file, apart from a classifier's, in their shapes.
  let encoders: [String]
  private let names: [String]

  /// - Parameter file: the weights of a plain encoder.
  init(_ file: SafetensorsFile) {
    let names = file.names.sorted()
    self.names = names
    encoders = EncoderRegistry.shared.entries.filter { Self.fits($0, file) }.map(\.name)
  }

  private static func fits(_ entry: EncoderEntry, _ file: SafetensorsFile) -> Bool {
    let store = ParameterStore(seed: 0, device: .meta)
    let side = (32 + entry.traits.sizeMultiple - 1) / entry.traits.sizeMultiple * entry.traits.sizeMultiple
    let request = EncoderRequest(imageHeight: side, imageWidth: side)
    guard !entry.traits.has(.taskFeatures) else { return false }
    let encoder = entry.make(store.root, request)
    store.layOut()
    guard let pretrained = encoder as? any PretrainedEncoder else { return false }
    var known: Set<String> = []
    for (name, tensor) in store.state where !pretrained.isOwn(name) {
      guard let found = [name, pretrained.plainName(of: name)].first(where: { file.shape(of: $0) != nil }) else {
        // Counters may be missing.
        if tensor.dtype.isFloatingPoint { return false }
        continue
      }
      known.insert(found)
      // Positions may have another grid.
      let shape = file.shape(of: found)
      guard shape == tensor.shape || name.hasSuffix("pos_embed") && shape?.last == tensor.shape.last else {
        return false
      }
    }
    return file.names.allSatisfy { known.contains($0) || pretrained.isClassifier($0) }
  }

  /// What the file looks like, and which encoders it fits.
  var remark: String {
    let first = names.prefix(Self.shownCount).map { excerpt($0) }.joined(separator: ", ")
    let list = names.isEmpty ? "the file has no entries" : "the first names of the file are \(first)"
    return encoders.isEmpty
      ? "No encoder has these entries: \(list)"
      : "These are the entries of network.encoder: \(encoders.joined(separator: " or ")); \(list)"
  }

  private static let shownCount = 10
}
