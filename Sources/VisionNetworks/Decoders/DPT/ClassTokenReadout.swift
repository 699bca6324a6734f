import NeuralNetworks
import Torch

/// The way in which a dense prediction uses a transformer's class token.
///
/// - Source: Ranftl et al., *Vision Transformers for Dense Prediction*, ICCV 2021, section 3, "Read".
public enum ClassTokenReadout: String, Sendable, CaseIterable {
  /// The class token is left out.
  case ignore
  /// The class token is added to every patch token.
  case add
  /// Every patch token is projected together with the class token.
  case project
}

/// The patch tokens after the class token has been read out.
struct ReadTokens {
  private let readout: ClassTokenReadout
  private let projection: Linear?

  /// Registers the projection as `project.0` if there is one.
  init(_ path: ParameterPath, width: Int, _ readout: ClassTokenReadout) {
    self.readout = readout
    projection = readout == .project ? Linear(path["project", "0"], from: 2 * width, to: width) : nil
  }

  /// - Parameter tokens: batch × (1 + patches) × width, the class token first.
  /// - Returns: batch × patches × width.
  func callAsFunction(_ tokens: Tensor) -> Tensor {
    let (patches, classToken) = (tokens[.all, 1...], tokens[.all, 0..<1])
    guard let projection else { return readout == .add ? patches + classToken : patches }
    // The class token's part of the product is the same for every patch.
    let width = tokens.shape[2]
    let weights = projection.weight.value.split([width, width], axis: 1)
    return (patches.linear(weights[0]) + classToken.linear(weights[1], projection.bias?.value)).gelu()
  }
}
