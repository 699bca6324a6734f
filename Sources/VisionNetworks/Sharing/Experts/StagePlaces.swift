import NeuralNetworks

/// A kit of plain layers for an encoder whose stages are registered in places of their own, as public code does that takes
/// an encoder apart: `layer2.0.conv1` of a residual network below the place of its stage 2 as `0.conv1`, the stem's `conv1`
/// and `bn1` below that of stage 0 as `0` and `1`.
final class StagePlaces: LayerKit {
  private let root: ParameterPath
  private let place: (_ stage: Int) -> ParameterPath
  /// The places of layers below the root, with their names in the plain encoder.
  private(set) var plainNames: [String: String] = [:]

  /// Creates a kit for the layers of one encoder.
  ///
  /// - Parameters:
  ///   - root: the place at which the encoder is built, and below which all stages of all copies lie.
  ///   - place: returns the place of a stage, which declares whose losses reach it.
  init(root: ParameterPath, _ place: @escaping (_ stage: Int) -> ParameterPath) {
    self.root = root
    self.place = place
  }

  func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    PlainKit().convolution(moved(path), normalizedAt: moved(norm), shape)
  }

  func linear(_ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape) -> any StreamLayer {
    PlainKit().linear(moved(path), normalizedAt: norm.map(moved), shape)
  }

  private func moved(_ path: ParameterPath) -> ParameterPath {
    let name = path.relativeName(to: root)
    let (stage, rest) = Self.stage(of: name)
    let moved = place(stage)[rest]
    plainNames[moved.relativeName(to: root)] = name
    return moved
  }

  private static func stage(of name: String) -> (Int, rest: String) {
    if let start = ["conv1": "0", "bn1": "1"][name] { return (0, start) }
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0].hasPrefix("layer"), let stage = Int(parts[0].dropFirst(5)) else {
      return (0, name)
    }
    return (stage, parts[1])
  }
}
