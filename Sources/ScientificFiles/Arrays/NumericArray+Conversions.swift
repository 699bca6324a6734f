extension NumericArray {
  /// All numbers in single precision, rounded to the nearest where that is needed; true is one, and false is zero.
  ///
  /// - Complexity: O(1) for elements of this type, O(n) for others.
  public func floats() -> [Float] {
    if case .float32(let values) = elements { return values }
    return elements.rounded(to: Float.self)
  }

  /// All numbers in double precision, rounded to the nearest where that is needed; true is one, and false is zero.
  ///
  /// - Complexity: O(1) for elements of this type, O(n) for others.
  public func doubles() -> [Double] {
    if case .float64(let values) = elements { return values }
    return elements.rounded(to: Double.self)
  }

  /// All numbers as integers; nil if one is not a whole number, or does not fit. True is one, and false is zero.
  ///
  /// - Complexity: O(1) for elements of 64-bit integers, O(n) for others.
  public func integers() -> [Int]? { elements.exact(as: Int.self) }
}

extension NumericArray.Elements {
  /// The same numbers in another type; nil if one of them is not a number of that integer type.
  func converted(to type: ElementType) -> NumericArray.Elements? {
    if type == self.type { return self }
    return switch type {
    case .bool: .bool(rounded(to: Float.self).map { $0 != 0 })
    case .int8: exact(as: Int8.self).map { .int8($0) }
    case .uint8: exact(as: UInt8.self).map { .uint8($0) }
    case .int16: exact(as: Int16.self).map { .int16($0) }
    case .uint16: exact(as: UInt16.self).map { .uint16($0) }
    case .int32: exact(as: Int32.self).map { .int32($0) }
    case .uint32: exact(as: UInt32.self).map { .uint32($0) }
    case .int64: exact(as: Int64.self).map { .int64($0) }
    case .uint64: exact(as: UInt64.self).map { .uint64($0) }
    case .float16: .float16(rounded(to: Float16.self))
    case .float32: .float32(rounded(to: Float.self))
    case .float64: .float64(rounded(to: Double.self))
    }
  }

  fileprivate func rounded<Target: BinaryFloatingPoint>(to type: Target.Type) -> [Target] {
    switch self {
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .int8(let values): values.map { Target($0) }
    case .uint8(let values): values.map { Target($0) }
    case .int16(let values): values.map { Target($0) }
    case .uint16(let values): values.map { Target($0) }
    case .int32(let values): values.map { Target($0) }
    case .uint32(let values): values.map { Target($0) }
    case .int64(let values): values.map { Target($0) }
    case .uint64(let values): values.map { Target($0) }
    case .float16(let values): values.map { Target($0) }
    case .float32(let values): values.map { Target($0) }
    case .float64(let values): values.map { Target($0) }
    }
  }

  fileprivate func exact<Target: FixedWidthInteger>(as type: Target.Type) -> [Target]? {
    switch self {
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .int8(let values): values.exact { Target(exactly: $0) }
    case .uint8(let values): values.exact { Target(exactly: $0) }
    case .int16(let values): values.exact { Target(exactly: $0) }
    case .uint16(let values): values.exact { Target(exactly: $0) }
    case .int32(let values): values.exact { Target(exactly: $0) }
    case .uint32(let values): values.exact { Target(exactly: $0) }
    case .int64(let values): values.exact { Target(exactly: $0) }
    case .uint64(let values): values.exact { Target(exactly: $0) }
    case .float16(let values): values.exact { Target(exactly: $0) }
    case .float32(let values): values.exact { Target(exactly: $0) }
    case .float64(let values): values.exact { Target(exactly: $0) }
    }
  }
}

extension Array {
  /// The elements in another type; nil if one of them does not have it.
  fileprivate func exact<Target>(_ convert: (Element) -> Target?) -> [Target]? {
    var result: [Target] = []
    result.reserveCapacity(count)
    for value in self {
      guard let value = convert(value) else { return nil }
      result.append(value)
    }
    return result
  }
}
