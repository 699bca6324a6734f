import Torch

extension ParameterStore {
  /// Runs a body during which parameters and buffers have their shapes only, so that a forward pass over images on
  /// `Device.meta` takes neither time nor memory. Afterwards all values are what they were.
  ///
  /// - Returns: what the body returns.
  public func withShapesOnly<Result>(_ body: () throws -> Result) rethrows -> Result {
    let values = (parameters: allParameters.map(\.value), buffers: allBuffers.map(\.value))
    defer {
      for (parameter, value) in zip(allParameters, values.parameters) { parameter.value = value }
      for (buffer, value) in zip(allBuffers, values.buffers) { buffer.value = value }
    }
    for parameter in allParameters { parameter.value = parameter.value.shapeOnly }
    for buffer in allBuffers { buffer.value = buffer.value.shapeOnly }
    return try body()
  }
}

extension Tensor {
  fileprivate var shapeOnly: Tensor { .empty(shape, dtype: dtype, device: .meta) }
}
