import ScientificFiles

extension NumericArray {
  /// Returns whether each of some elements is another number than zero.
  ///
  /// - Parameter range: the positions of the elements in row-major order.
  func isNonzero(in range: Range<Int>) -> [Bool] {
    switch elements {
    case .bool(let values): Array(values[range])
    case .int8(let values): values[range].map { $0 != 0 }
    case .uint8(let values): values[range].map { $0 != 0 }
    case .int16(let values): values[range].map { $0 != 0 }
    case .uint16(let values): values[range].map { $0 != 0 }
    case .int32(let values): values[range].map { $0 != 0 }
    case .uint32(let values): values[range].map { $0 != 0 }
    case .int64(let values): values[range].map { $0 != 0 }
    case .uint64(let values): values[range].map { $0 != 0 }
    case .float16(let values): values[range].map { $0 != 0 }
    case .float32(let values): values[range].map { $0 != 0 }
    case .float64(let values): values[range].map { $0 != 0 }
    }
  }
}
