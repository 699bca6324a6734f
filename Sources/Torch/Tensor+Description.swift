import Foundation

extension Tensor: CustomStringConvertible {
  /// The elements in nested brackets as NumPy prints them, without the middle of long axes, and the dtype and shape.
  public var description: String {
    guard dtype != .float4e2m1x2, dtype != .complex64 else { return signature }
    let text =
      count > 1000 ? Summary(self, edge: 3).text : Summary(self, edge: .max).text
    return "\(text) \(signature)"
  }
}

private struct Summary {
  let tensor: Tensor
  let edge: Int
  private let width: Int

  init(_ tensor: Tensor, edge: Int) {
    self.tensor = tensor.detached().to(.cpu)
    self.edge = edge
    var width = 0
    Summary.visit(self.tensor, edge: edge) { width = max(width, Summary.format($0, $1).count) }
    self.width = width
  }

  var text: String { Summary.text(tensor, edge: edge, width: width, indent: 1) }

  private static func visit(_ tensor: Tensor, edge: Int, _ body: (Double, DType) -> Void) {
    if tensor.rank == 0 { return body(tensor.item, tensor.dtype) }
    for position in shown(tensor.shape[0], edge).compactMap({ $0 }) {
      visit(tensor[position], edge: edge, body)
    }
  }

  private static func text(_ tensor: Tensor, edge: Int, width: Int, indent: Int) -> String {
    guard tensor.rank > 0 else {
      let text = format(tensor.item, tensor.dtype)
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let parts = shown(tensor.shape[0], edge).map {
      $0.map { text(tensor[$0], edge: edge, width: width, indent: indent + 1) } ?? "…"
    }
    let separator = tensor.rank == 1 ? ", " : ",\n" + String(repeating: " ", count: indent)
    return "[" + parts.joined(separator: separator) + "]"
  }

  /// The positions to print; nil stands for those that are left out.
  private static func shown(_ size: Int, _ edge: Int) -> [Int?] {
    if edge == .max || size <= 2 * edge { return Array(0..<size) }
    return Array(0..<edge) + [nil] + Array((size - edge)..<size)
  }

  private static func format(_ value: Double, _ dtype: DType) -> String {
    if dtype == .bool { return value == 0 ? "false" : "true" }
    if !dtype.isFloatingPoint { return String(format: "%.0f", value) }
    return String(format: "%.4g", value)
  }
}
