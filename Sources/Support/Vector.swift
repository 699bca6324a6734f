/// A column of numbers, with the arithmetic of linear algebra: what small problems of K numbers are written in.
///
/// Operators work element by element, and need vectors of the same number of elements.
public struct Vector: Sendable, Hashable {
  /// The numbers, in their order.
  public var elements: [Double]

  /// A vector of the given numbers.
  public init(_ elements: some Sequence<Double>) { self.elements = Array(elements) }

  /// A vector of the same number `count` times.
  public init(repeating value: Double, count: Int) { elements = Array(repeating: value, count: count) }

  /// A vector of `count` zeros.
  public init(zeros count: Int) { self.init(repeating: 0, count: count) }

  /// A vector of `count` ones.
  public init(ones count: Int) { self.init(repeating: 1, count: count) }

  /// The sum of all elements, in their order; zero of none.
  public var sum: Double { elements.reduce(0, +) }

  /// `√(v·v)`.
  public var norm: Double { dot(self).squareRoot() }

  /// The inner product with a vector of as many elements.
  public func dot(_ other: Vector) -> Double {
    requireSameCount(other)
    return zip(elements, other.elements).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The absolute values of the elements.
  public var magnitudes: Vector { Vector(elements.map { abs($0) }) }

  @usableFromInline
  func requireSameCount(_ other: Vector) {
    require(count == other.count, "vectors of \(count) and \(other.count) elements")
  }

  private static func combine(_ a: Vector, _ b: Vector, _ operation: (Double, Double) -> Double) -> Vector {
    a.requireSameCount(b)
    return Vector(zip(a.elements, b.elements).map(operation))
  }
}

extension Vector {
  /// The sums of two vectors' elements.
  public static func + (a: Vector, b: Vector) -> Vector { combine(a, b, +) }

  /// The differences of two vectors' elements.
  public static func - (a: Vector, b: Vector) -> Vector { combine(a, b, -) }

  /// The products of two vectors' elements.
  public static func * (a: Vector, b: Vector) -> Vector { combine(a, b, *) }

  /// The quotients of two vectors' elements.
  public static func / (a: Vector, b: Vector) -> Vector { combine(a, b, /) }

  /// A vector with every element negated.
  public static prefix func - (a: Vector) -> Vector { Vector(a.elements.map { -$0 }) }

  /// A vector with every element multiplied by a number.
  public static func * (a: Vector, factor: Double) -> Vector { Vector(a.elements.map { $0 * factor }) }

  /// A vector with every element multiplied by a number.
  public static func * (factor: Double, a: Vector) -> Vector { Vector(a.elements.map { factor * $0 }) }

  /// A vector with every element divided by a number.
  public static func / (a: Vector, divisor: Double) -> Vector { Vector(a.elements.map { $0 / divisor }) }

  /// A number divided by every element of a vector.
  public static func / (numerator: Double, a: Vector) -> Vector { Vector(a.elements.map { numerator / $0 }) }

  /// Adds a vector's elements.
  public static func += (a: inout Vector, b: Vector) {
    a.requireSameCount(b)
    for index in a.indices { a[index] += b[index] }
  }
}

extension Vector: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// Zero.
  public var startIndex: Int { 0 }

  /// The number of elements.
  public var endIndex: Int { elements.count }

  /// The element at a position, from 0.
  public subscript(position: Int) -> Double {
    get { elements[position] }
    set { elements[position] = newValue }
  }

  /// A vector of the literal's numbers.
  public init(arrayLiteral elements: Double...) { self.elements = elements }

  /// The numbers in brackets, as those of an array.
  public var description: String { "\(elements)" }
}
