private enum Aten {
  static let add = Operator("add", "Tensor")
  static let addScalar = Operator("add", "Scalar")
  static let sub = Operator("sub", "Tensor")
  static let subScalar = Operator("sub", "Scalar")
  static let rsub = Operator("rsub", "Scalar")
  static let mul = Operator("mul", "Tensor")
  static let mulScalar = Operator("mul", "Scalar")
  static let div = Operator("div", "Tensor")
  static let divScalar = Operator("div", "Scalar")
  static let reciprocal = Operator("reciprocal")
  static let neg = Operator("neg")
  static let abs = Operator("abs")
  static let sign = Operator("sign")
  static let exp = Operator("exp")
  static let log = Operator("log")
  static let lerp = Operator("lerp", "Tensor")
  static let addcmul = Operator("addcmul")
  static let sqrt = Operator("sqrt")
  static let rsqrt = Operator("rsqrt")
  static let sin = Operator("sin")
  static let cos = Operator("cos")
  static let floor = Operator("floor")
  static let round = Operator("round")
  static let pow = Operator("pow", "Tensor_Scalar")
  static let square = Operator("square")
  static let clamp = Operator("clamp")
  static let maximum = Operator("maximum")
  static let minimum = Operator("minimum")
  static let eq = Operator("eq", "Tensor")
  static let eqScalar = Operator("eq", "Scalar")
  static let neScalar = Operator("ne", "Scalar")
  static let lt = Operator("lt", "Tensor")
  static let ltScalar = Operator("lt", "Scalar")
  static let gt = Operator("gt", "Tensor")
  static let gtScalar = Operator("gt", "Scalar")
  static let leScalar = Operator("le", "Scalar")
  static let geScalar = Operator("ge", "Scalar")
  static let logicalAnd = Operator("logical_and")
  static let logicalOr = Operator("logical_or")
  static let logicalNot = Operator("logical_not")
  static let isFinite = Operator("isfinite")
  static let whereSelf = Operator("where", "self")
  static let maskedFill = Operator("masked_fill", "Scalar")
  static let addInPlace = Operator("add_", "Tensor")
  static let mulScalarInPlace = Operator("mul_", "Scalar")
  static let mulInPlace = Operator("mul_", "Tensor")
  static let zeroInPlace = Operator("zero_")
  static let fillInPlace = Operator("fill_", "Scalar")
  static let copyInPlace = Operator("copy_")
}

// Arithmetic works element by element. Shapes broadcast as in NumPy, and dtypes are promoted as in libtorch; shapes
// that do not broadcast stop the process.
extension Tensor {
  /// Returns the sum of two tensors, whose shapes broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor { Aten.add(.tensor(a), .tensor(b)) }
  /// Returns a tensor with a number added to every element.
  public static func + (a: Tensor, b: Double) -> Tensor { Aten.addScalar(.tensor(a), .real(b)) }
  /// Returns a tensor with a number added to every element.
  public static func + (a: Double, b: Tensor) -> Tensor { Aten.addScalar(.tensor(b), .real(a)) }
  /// Returns the difference of two tensors, whose shapes broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor { Aten.sub(.tensor(a), .tensor(b)) }
  /// Returns a tensor with a number subtracted from every element.
  public static func - (a: Tensor, b: Double) -> Tensor { Aten.subScalar(.tensor(a), .real(b)) }
  /// Returns the difference of a number and every element.
  public static func - (a: Double, b: Tensor) -> Tensor { Aten.rsub(.tensor(b), .real(a)) }
  /// Returns the product of two tensors, element by element; their shapes broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor { Aten.mul(.tensor(a), .tensor(b)) }
  /// Returns a tensor with every element multiplied by a number.
  public static func * (a: Tensor, b: Double) -> Tensor { Aten.mulScalar(.tensor(a), .real(b)) }
  /// Returns a tensor with every element multiplied by a number.
  public static func * (a: Double, b: Tensor) -> Tensor { Aten.mulScalar(.tensor(b), .real(a)) }
  /// Returns the quotient of two tensors, whose shapes broadcast; integers are divided as floating-point numbers.
  public static func / (a: Tensor, b: Tensor) -> Tensor { Aten.div(.tensor(a), .tensor(b)) }
  /// Returns a tensor with every element divided by a number; integers are divided as floating-point numbers.
  public static func / (a: Tensor, b: Double) -> Tensor { Aten.divScalar(.tensor(a), .real(b)) }
  /// Returns a number divided by every element, computed as the number times the reciprocal.
  public static func / (a: Double, b: Tensor) -> Tensor { a * Aten.reciprocal(.tensor(b)) }
  /// Returns a tensor with the sign of every element changed.
  public static prefix func - (a: Tensor) -> Tensor { Aten.neg(.tensor(a)) }

  /// Returns the absolute value of every element.
  public func abs() -> Tensor { Aten.abs(.tensor(self)) }
  /// Returns −1, 0 or 1 for every element, in the tensor's dtype.
  public func sign() -> Tensor { Aten.sign(.tensor(self)) }
  /// Returns e to the power of every element.
  public func exp() -> Tensor { Aten.exp(.tensor(self)) }
  /// Returns the natural logarithm of every element: −∞ for zero, NaN below it.
  public func log() -> Tensor { Aten.log(.tensor(self)) }
  /// Returns `self + a · b`, computed in one pass over the memory; the shapes broadcast.
  public func addingProduct(_ a: Tensor, _ b: Tensor) -> Tensor { Aten.addcmul(.tensor(self), .tensor(a), .tensor(b)) }
  /// Returns `self + w · (end − self)`; exactly `self` where w is 0, and `end` where it is 1. The shapes broadcast.
  public func interpolated(to end: Tensor, by weight: Tensor) -> Tensor {
    Aten.lerp(.tensor(self), .tensor(end), .tensor(weight))
  }
  /// Returns the square root of every element: NaN below zero.
  public func sqrt() -> Tensor { Aten.sqrt(.tensor(self)) }
  /// Returns one divided by the square root of every element.
  public func reciprocalSqrt() -> Tensor { Aten.rsqrt(.tensor(self)) }
  /// Returns the sine of every element, in radians.
  public func sin() -> Tensor { Aten.sin(.tensor(self)) }
  /// Returns the cosine of every element, in radians.
  public func cos() -> Tensor { Aten.cos(.tensor(self)) }
  /// Returns the largest integer not above every element, in the tensor's dtype.
  public func floor() -> Tensor { Aten.floor(.tensor(self)) }
  /// Returns the integer nearest to every element, in the tensor's dtype; halves go to the even neighbor.
  public func rounded() -> Tensor { Aten.round(.tensor(self)) }
  /// Returns the square of every element.
  public func squared() -> Tensor { Aten.square(.tensor(self)) }
  /// Returns every element to the power of `exponent`.
  public func power(_ exponent: Double) -> Tensor { Aten.pow(.tensor(self), .real(exponent)) }

  /// Returns a tensor whose elements lie between two bounds.
  ///
  /// - Parameters:
  ///   - min: the smallest value that stays; nil for no lower bound. One of the two bounds has to be given.
  ///   - max: the largest value that stays; nil for no upper bound.
  public func clamped(min: Double? = nil, max: Double? = nil) -> Tensor {
    Aten.clamp(.tensor(self), min.map(OperatorArgument.real) ?? nil, max.map(OperatorArgument.real) ?? nil)
  }
  /// Returns the larger of two elements at every position; NaN where one of them is NaN.
  public func maximum(_ other: Tensor) -> Tensor { Aten.maximum(.tensor(self), .tensor(other)) }
  /// Returns the smaller of two elements at every position; NaN where one of them is NaN.
  public func minimum(_ other: Tensor) -> Tensor { Aten.minimum(.tensor(self), .tensor(other)) }
}

// Comparisons and logic give tensors of booleans. Shapes broadcast as in NumPy. NaN differs from every number.
extension Tensor {
  /// Returns whether two elements are equal, at every position.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { Aten.eq(.tensor(a), .tensor(b)) }
  /// Returns whether every element equals a number.
  public static func .== (a: Tensor, b: Double) -> Tensor { Aten.eqScalar(.tensor(a), .real(b)) }
  /// Returns whether every element differs from a number.
  public static func .!= (a: Tensor, b: Double) -> Tensor { Aten.neScalar(.tensor(a), .real(b)) }
  /// Returns whether an element is below the other tensor's, at every position.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { Aten.lt(.tensor(a), .tensor(b)) }
  /// Returns whether every element is below a number.
  public static func .< (a: Tensor, b: Double) -> Tensor { Aten.ltScalar(.tensor(a), .real(b)) }
  /// Returns whether an element is above the other tensor's, at every position.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { Aten.gt(.tensor(a), .tensor(b)) }
  /// Returns whether every element is above a number.
  public static func .> (a: Tensor, b: Double) -> Tensor { Aten.gtScalar(.tensor(a), .real(b)) }
  /// Returns whether every element is at most a number.
  public static func .<= (a: Tensor, b: Double) -> Tensor { Aten.leScalar(.tensor(a), .real(b)) }
  /// Returns whether every element is at least a number.
  public static func .>= (a: Tensor, b: Double) -> Tensor { Aten.geScalar(.tensor(a), .real(b)) }
  /// Returns whether both elements are true (not zero), at every position.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { Aten.logicalAnd(.tensor(a), .tensor(b)) }
  /// Returns whether at least one of two elements is true (not zero), at every position.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { Aten.logicalOr(.tensor(a), .tensor(b)) }
  /// Returns whether every element is false (zero).
  public static prefix func .! (a: Tensor) -> Tensor { Aten.logicalNot(.tensor(a)) }
  /// Returns whether every element is neither infinite nor NaN.
  public func isFinite() -> Tensor { Aten.isFinite(.tensor(self)) }

  /// Returns the elements of `yes` where this tensor of booleans is true, and those of `no` elsewhere; the shapes
  /// broadcast.
  public func choose(_ yes: Tensor, _ no: Tensor) -> Tensor {
    Aten.whereSelf(.tensor(self), .tensor(yes), .tensor(no))
  }
  /// Returns a copy with a value wherever a mask of booleans, which broadcasts, is true.
  public func filled(_ value: Double, where mask: Tensor) -> Tensor {
    Aten.maskedFill(.tensor(self), .tensor(mask), .real(value))
  }
}

prefix operator .!

// These write to the tensor's memory, which views of it share. The tensor keeps its shape and dtype, to which the
// operand has to broadcast and convert. A leaf that requires gradients may be written to inside of `withoutGradients`
// alone: otherwise the process stops.
extension Tensor {
  /// Adds another tensor, times a number, to this one.
  public func add(inPlace other: Tensor, scale: Double = 1) {
    // Integer tensors take no real factor, not even one.
    Aten.addInPlace.perform(.tensor(self), .tensor(other), scale == 1 ? 1 : .real(scale))
  }
  /// Multiplies every element by a number.
  public func multiply(inPlace factor: Double) { Aten.mulScalarInPlace.perform(.tensor(self), .real(factor)) }
  /// Multiplies this tensor by another one, element by element.
  public func multiply(inPlace factor: Tensor) { Aten.mulInPlace.perform(.tensor(self), .tensor(factor)) }
  /// Sets every element to zero.
  public func zero() { Aten.zeroInPlace.perform(.tensor(self)) }
  /// Sets every element to a value.
  public func fill(_ value: Double) { Aten.fillInPlace.perform(.tensor(self), .real(value)) }
  /// Copies another tensor's elements into this one, from any device and with conversion of the dtype; its shape
  /// broadcasts.
  public func copy(from other: Tensor) { Aten.copyInPlace.perform(.tensor(self), .tensor(other)) }
}
