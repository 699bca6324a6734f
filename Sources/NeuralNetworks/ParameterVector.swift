import Support
import Torch

/// All parameters of one owner in one contiguous vector θ, with whatever else is kept per element.
///
/// An optimizer step is one fused kernel on `values`; its moments are *companions*, vectors of the same layout
/// that follow when the layout grows.
public final class ParameterVector {
  public let owner: Owner
  public private(set) var values: Tensor
  /// The parameters in the order of their elements.
  public private(set) var parameters: [Parameter]

  /// The elements that came together: those of the first layout, then those of each growth. Optimizers count the steps of
  /// each, so that what is new starts as everything started.
  public let generations: [Range<Int>]
  /// How many generations, from the first, are trained no more: optimizers leave them and what is kept for them as they are.
  public var frozenGenerationCount = 0

  private var offsets: [Int]
  private var companions: [String: Tensor]
  private var scalars: [String: Tensor]

  /// Parameters start at multiples of this many elements (64 bytes of float32), as kernels like it.
  private static let alignment = 16

  /// Lays parameters out one after another. Those that `previous` holds keep the values of its companions.
  init(owner: Owner, parameters: [Parameter], previous: ParameterVector?) {
    self.owner = owner
    self.parameters = parameters
    var offset = 0
    offsets = parameters.map { parameter in
      defer { offset += (parameter.value.count + Self.alignment - 1) / Self.alignment * Self.alignment }
      return offset
    }
    generations = (previous?.generations ?? []) + [(previous?.count ?? 0)..<offset]
    frozenGenerationCount = previous?.frozenGenerationCount ?? 0
    let first = parameters[0].value
    values = .zeros([offset], dtype: first.dtype, device: first.device)
    companions = [:]
    scalars = previous?.scalars ?? [:]

    withoutGradients {
      for (parameter, view) in zip(parameters, views(of: values)) {
        view.copy(from: parameter.value)
        let leaf = view.detached()
        leaf.requiresGradient = true
        parameter.value = leaf
      }
      guard let previous else { return }
      for (name, old) in previous.companions {
        let new = values.zerosLike()
        let oldViews = Dictionary(
          uniqueKeysWithValues: zip(previous.parameters.map(\.name), previous.views(of: old)))
        for (parameter, view) in zip(parameters, views(of: new)) {
          if let kept = oldViews[parameter.name] { view.copy(from: kept) }
        }
        companions[name] = new
      }
    }
  }

  /// The number of elements, with the few unused ones between parameters (always zero).
  public var count: Int { values.count }

  /// The number of trained numbers.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// Each parameter's part of a vector of this layout, in the parameter's shape.
  public func views(of vector: Tensor) -> [Tensor] {
    require(
      vector.shape == [vector.count] && vector.count >= (offsets.last ?? 0),
      "\(vector.signature) is not laid out like \(owner)")
    return zip(parameters, offsets).map { parameter, offset in
      vector.narrowed(axis: 0, from: offset, count: parameter.value.count).viewed(parameter.shape)
    }
  }

  /// The first element that is trained.
  private var trainedStart: Int { frozenGenerationCount > 0 ? generations[frozenGenerationCount - 1].upperBound : 0 }

  /// The part of a vector of this layout that is trained.
  public func trained(_ vector: Tensor) -> Tensor {
    guard frozenGenerationCount > 0 else { return vector }
    return vector.narrowed(axis: 0, from: trainedStart, count: count - trainedStart)
  }

  /// The parameters that are trained, in the order of their elements: the last ones.
  public var trainedParameters: ArraySlice<Parameter> {
    parameters[(offsets.firstIndex { $0 >= trainedStart } ?? parameters.count)...]
  }

  /// Hands over each generation that is trained: its number, and how to find its part of a vector of this layout.
  func forEachTrainedGeneration(_ body: (_ number: Int, _ part: (Tensor) -> Tensor) -> Void) {
    for (number, range) in generations.enumerated().dropFirst(frozenGenerationCount) {
      body(number) { vector in
        range.count == vector.count ? vector : vector.narrowed(axis: 0, from: range.lowerBound, count: range.count)
      }
    }
  }

  /// The elements of each parameter within the vector.
  public var ranges: [Range<Int>] { zip(parameters, offsets).map { $1..<($1 + $0.value.count) } }

  /// A vector of zeros at first, of the same layout, under a name.
  public func companion(_ name: String) -> Tensor {
    if let existing = companions[name] { return existing }
    let new = values.zerosLike()
    companions[name] = new
    return new
  }

  /// A single number kept with the vector, zero at first.
  public func scalar(_ name: String) -> Tensor {
    if let existing = scalars[name] { return existing }
    let new = Tensor.zeros([1], device: values.device)
    scalars[name] = new
    return new
  }

  /// Companions and scalars by name, for a checkpoint.
  public var companionState: [(name: String, tensor: Tensor)] {
    companions.sorted { $0.key < $1.key }.map { ("vector." + $0.key, $0.value) }
      + scalars.sorted { $0.key < $1.key }.map { ("scalar." + $0.key, $0.value) }
  }

  /// Takes one entry of ``companionState`` back.
  ///
  /// - Returns: false when the entry does not fit this vector.
  public func restoreCompanion(_ name: String, _ tensor: Tensor) -> Bool {
    if name.hasPrefix("vector.") {
      guard tensor.shape == values.shape else { return false }
      companion(String(name.dropFirst(7))).copy(from: tensor)
      return true
    }
    guard name.hasPrefix("scalar."), tensor.shape == [1] else { return false }
    scalar(String(name.dropFirst(7))).copy(from: tensor)
    return true
  }
}
