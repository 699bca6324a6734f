import Torch

extension Labels {
  /// The class that libtorch's cross-entropy leaves out.
  static let unknownClass = -100

  /// Classes, batch × height × width, with ``unknownClass`` where nothing is known.
  var classes: Tensor { known.map { values.filled(Double(Self.unknownClass), where: .!$0) } ?? values }
}
