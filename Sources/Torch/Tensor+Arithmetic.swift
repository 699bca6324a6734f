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

// Element by element; shapes broadcast as in NumPy.
extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor { Aten.add(.tensor(a), .tensor(b)) }
  public static func + (a: Tensor, b: Double) -> Tensor { Aten.addScalar(.tensor(a), .real(b)) }
  public static func + (a: Double, b: Tensor) -> Tensor { Aten.addScalar(.tensor(b), .real(a)) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { Aten.sub(.tensor(a), .tensor(b)) }
  public static func - (a: Tensor, b: Double) -> Tensor { Aten.subScalar(.tensor(a), .real(b)) }
  public static func - (a: Double, b: Tensor) -> Tensor { Aten.rsub(.tensor(b), .real(a)) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { Aten.mul(.tensor(a), .tensor(b)) }
  public static func * (a: Tensor, b: Double) -> Tensor { Aten.mulScalar(.tensor(a), .real(b)) }
  public static func * (a: Double, b: Tensor) -> Tensor { Aten.mulScalar(.tensor(b), .real(a)) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { Aten.div(.tensor(a), .tensor(b)) }
  public static func / (a: Tensor, b: Double) -> Tensor { Aten.divScalar(.tensor(a), .real(b)) }
  public static func / (a: Double, b: Tensor) -> Tensor { a * Aten.reciprocal(.tensor(b)) }
  public static prefix func - (a: Tensor) -> Tensor { Aten.neg(.tensor(a)) }

  public func abs() -> Tensor { Aten.abs(.tensor(self)) }
  public func sign() -> Tensor { Aten.sign(.tensor(self)) }
  public func exp() -> Tensor { Aten.exp(.tensor(self)) }
  public func log() -> Tensor { Aten.log(.tensor(self)) }
  /// `self + a · b`, in one pass.
  public func addingProduct(_ a: Tensor, _ b: Tensor) -> Tensor { Aten.addcmul(.tensor(self), .tensor(a), .tensor(b)) }
  public func sqrt() -> Tensor { Aten.sqrt(.tensor(self)) }
  public func reciprocalSqrt() -> Tensor { Aten.rsqrt(.tensor(self)) }
  public func sin() -> Tensor { Aten.sin(.tensor(self)) }
  public func cos() -> Tensor { Aten.cos(.tensor(self)) }
  public func floor() -> Tensor { Aten.floor(.tensor(self)) }
  public func rounded() -> Tensor { Aten.round(.tensor(self)) }
  public func squared() -> Tensor { Aten.square(.tensor(self)) }
  public func power(_ exponent: Double) -> Tensor { Aten.pow(.tensor(self), .real(exponent)) }

  public func clamped(min: Double? = nil, max: Double? = nil) -> Tensor {
    Aten.clamp(.tensor(self), min.map(OperatorArgument.real) ?? nil, max.map(OperatorArgument.real) ?? nil)
  }
  public func maximum(_ other: Tensor) -> Tensor { Aten.maximum(.tensor(self), .tensor(other)) }
  public func minimum(_ other: Tensor) -> Tensor { Aten.minimum(.tensor(self), .tensor(other)) }
}

// Comparisons: tensors of booleans.
extension Tensor {
  public static func .== (a: Tensor, b: Tensor) -> Tensor { Aten.eq(.tensor(a), .tensor(b)) }
  public static func .== (a: Tensor, b: Double) -> Tensor { Aten.eqScalar(.tensor(a), .real(b)) }
  public static func .!= (a: Tensor, b: Double) -> Tensor { Aten.neScalar(.tensor(a), .real(b)) }
  public static func .< (a: Tensor, b: Tensor) -> Tensor { Aten.lt(.tensor(a), .tensor(b)) }
  public static func .< (a: Tensor, b: Double) -> Tensor { Aten.ltScalar(.tensor(a), .real(b)) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { Aten.gt(.tensor(a), .tensor(b)) }
  public static func .> (a: Tensor, b: Double) -> Tensor { Aten.gtScalar(.tensor(a), .real(b)) }
  public static func .<= (a: Tensor, b: Double) -> Tensor { Aten.leScalar(.tensor(a), .real(b)) }
  public static func .>= (a: Tensor, b: Double) -> Tensor { Aten.geScalar(.tensor(a), .real(b)) }
  public static func .& (a: Tensor, b: Tensor) -> Tensor { Aten.logicalAnd(.tensor(a), .tensor(b)) }
  public static func .| (a: Tensor, b: Tensor) -> Tensor { Aten.logicalOr(.tensor(a), .tensor(b)) }
  public static prefix func .! (a: Tensor) -> Tensor { Aten.logicalNot(.tensor(a)) }
  public func isFinite() -> Tensor { Aten.isFinite(.tensor(self)) }

  /// `yes` where this tensor of booleans is true, `no` elsewhere.
  public func choose(_ yes: Tensor, _ no: Tensor) -> Tensor {
    Aten.whereSelf(.tensor(self), .tensor(yes), .tensor(no))
  }
  public func filled(_ value: Double, where mask: Tensor) -> Tensor {
    Aten.maskedFill(.tensor(self), .tensor(mask), .real(value))
  }
}

prefix operator .!

// In place.
extension Tensor {
  /// `self += scale · other`.
  public func add(inPlace other: Tensor, scale: Double = 1) {
    // Integer tensors take no real factor, not even one.
    Aten.addInPlace.perform(.tensor(self), .tensor(other), scale == 1 ? 1 : .real(scale))
  }
  public func multiply(inPlace factor: Double) { Aten.mulScalarInPlace.perform(.tensor(self), .real(factor)) }
  public func multiply(inPlace factor: Tensor) { Aten.mulInPlace.perform(.tensor(self), .tensor(factor)) }
  public func zero() { Aten.zeroInPlace.perform(.tensor(self)) }
  public func fill(_ value: Double) { Aten.fillInPlace.perform(.tensor(self), .real(value)) }
  /// Copies another tensor's elements into this one.
  public func copy(from other: Tensor) { Aten.copyInPlace.perform(.tensor(self), .tensor(other)) }
}
