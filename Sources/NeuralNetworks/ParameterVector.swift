import OrderedCollections
import Support
import Torch

/// All parameters of one reach in one contiguous vector θ, with whatever else is kept per element.
///
/// Parameters that are optimized alike lie together as a ``ParameterRange``. An optimizer step is one fused kernel for each
/// range; its moments are *companions*, vectors of the same layout that follow when the layout changes.
public final class ParameterVector {
  /// The tasks whose losses reach every parameter of the vector.
  public let reach: Reach
  /// The values of all parameters, one after another.
  public private(set) var values: Tensor
  /// The parameters in the order of their elements.
  public let parameters: [Parameter]
  /// The elements of each parameter within the vector.
  public let elements: [Range<Int>]
  /// The ranges by generation, then in the order in which the first parameter of each was registered. A network that
  /// grows keeps its ranges, and gets others behind them.
  public let ranges: [ParameterRange]
  /// The positions in ``parameters`` of those that are trained, ascending.
  public let trainedIndices: [Int]

  private var companions: [String: Tensor] = [:]
  /// By name and range.
  private var scalars: [String: [Int: Tensor]] = [:]

  /// Parameters start at multiples of this many elements (64 bytes of float32), as kernels like it.
  private static let alignment = 16

  /// Lays parameters out, range after range. Those that `previous` holds keep the values of its companions.
  init(_ plan: Plan, reach: Reach, previous: ParameterVector?) {
    self.reach = reach
    let parameters = plan.ranges.flatMap(\.parameters)
    self.parameters = parameters
    var offset = 0
    var elements: [Range<Int>] = []
    var ranges: [ParameterRange] = []
    for (kind, members) in plan.ranges {
      let start = offset
      for parameter in members {
        elements.append(offset..<(offset + parameter.value.count))
        offset += (parameter.value.count + Self.alignment - 1) / Self.alignment * Self.alignment
      }
      ranges.append(ParameterRange(elements: start..<offset, kind: kind))
    }
    self.elements = elements
    self.ranges = ranges
    trainedIndices = parameters.indices.filter { !parameters[$0].isFrozen }
    let first = parameters[0].value
    values = .zeros([offset], dtype: first.dtype, device: first.device)
    withoutGradients {
      for (parameter, view) in zip(parameters, views(of: values)) {
        view.copy(from: parameter.value)
        let leaf = view.detached()
        leaf.requiresGradient = !parameter.isFrozen
        parameter.value = leaf
      }
      if let previous { keepState(of: previous) }
    }
  }

  /// Copies what was kept for each parameter to its new place; zeros are kept for new ones.
  private func keepState(of previous: ParameterVector) {
    let oldIndices = previous.indices
    for (name, old) in previous.companions {
      let new = values.zerosLike()
      let oldViews = previous.views(of: old)
      for (parameter, view) in zip(parameters, views(of: new)) {
        if let index = oldIndices[parameter.name] { view.copy(from: oldViews[index]) }
      }
      companions[name] = new
    }
    for (number, range) in ranges.enumerated() {
      let first = elements.firstIndex { $0.lowerBound == range.elements.lowerBound }!
      guard let index = oldIndices[parameters[first].name] else { continue }
      let old = previous.rangeNumber(ofParameter: index)
      for (name, values) in previous.scalars { scalars[name, default: [:]][number] = values[old]?.copied() }
    }
  }

  private var indices: [String: Int] {
    Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1.name, $0) })
  }

  private func rangeNumber(ofParameter index: Int) -> Int {
    ranges.firstIndex { $0.elements.contains(elements[index].lowerBound) }!
  }

  /// The number of elements, with the few unused ones between parameters (always zero).
  public var count: Int { values.count }

  /// The number of elements of all parameters, without the unused ones.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// Returns each parameter's part of a vector of this layout, in the parameter's shape. A tensor that has several axes
  /// or is too short stops the process.
  public func views(of vector: Tensor) -> [Tensor] {
    require(
      vector.shape == [vector.count] && vector.count >= (elements.last?.lowerBound ?? 0),
      "\(vector.signature) is not laid out like the parameters of \(reach)")
    return zip(parameters, elements).map { parameter, elements in
      vector.narrowed(axis: 0, from: elements.lowerBound, count: elements.count).viewed(parameter.shape)
    }
  }

  // MARK: What is trained

  /// The parameters that are trained, in the order of their elements.
  public var trainedParameters: [Parameter] { trainedIndices.map { parameters[$0] } }

  /// Returns the parts of a vector of this layout that are trained: as few as there can be, in order.
  public func trainedParts(of vector: Tensor) -> [Tensor] {
    var stretches: [Range<Int>] = []
    for range in ranges where !range.isFrozen {
      if let last = stretches.last, last.upperBound == range.elements.lowerBound {
        stretches[stretches.count - 1] = last.lowerBound..<range.elements.upperBound
      } else {
        stretches.append(range.elements)
      }
    }
    return stretches.map { Self.part($0, of: vector) }
  }

  /// Returns a range's part of a vector of this layout.
  ///
  /// - Parameters:
  ///   - number: the range's position in ``ranges``.
  ///   - vector: a vector that is laid out like this one.
  public func part(_ number: Int, of vector: Tensor) -> Tensor { Self.part(ranges[number].elements, of: vector) }

  private static func part(_ elements: Range<Int>, of vector: Tensor) -> Tensor {
    elements.count == vector.count
      ? vector : vector.narrowed(axis: 0, from: elements.lowerBound, count: elements.count)
  }

  // MARK: What is kept

  /// Returns the vector of the same layout that is kept under a name, which is zero at first.
  public func companion(_ name: String) -> Tensor {
    if let existing = companions[name] { return existing }
    let new = values.zerosLike()
    companions[name] = new
    return new
  }

  /// Returns the single number that is kept with a range under a name, which is zero at first.
  ///
  /// - Parameters:
  ///   - name: the name of the number.
  ///   - range: the range's position in ``ranges``.
  public func scalar(_ name: String, ofRange range: Int = 0) -> Tensor {
    if let existing = scalars[name]?[range] { return existing }
    let new = Tensor.zeros([1], device: values.device)
    scalars[name, default: [:]][range] = new
    return new
  }

  /// The companions and scalars by name, for a checkpoint.
  public var companionState: [(name: String, tensor: Tensor)] {
    companions.sorted { $0.key < $1.key }.map { ("vector." + $0.key, $0.value) }
      + scalars.sorted { $0.key < $1.key }.flatMap { name, values in
        values.sorted { $0.key < $1.key }.map { ("scalar.\($0.key).\(name)", $0.value) }
      }
  }

  /// Takes one entry of ``companionState`` back.
  ///
  /// - Returns: false if the entry does not fit this vector.
  public func restoreCompanion(_ name: String, _ tensor: Tensor) -> Bool {
    let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    if parts[0] == "vector", parts.count > 1 {
      guard tensor.shape == values.shape else { return false }
      companion(String(name.dropFirst(7))).copy(from: tensor)
      return true
    }
    guard parts[0] == "scalar", parts.count == 3, let range = Int(parts[1]), ranges.indices.contains(range),
      tensor.shape == [1]
    else { return false }
    scalar(parts[2], ofRange: range).copy(from: tensor)
    return true
  }
}

extension ParameterVector {
  /// Which parameters are to lie together, in which order.
  struct Plan {
    private(set) var ranges: [(kind: ParameterRange.Kind, parameters: [Parameter])]

    /// - Parameters:
    ///   - parameters: of one reach, in order of registration.
    ///   - previous: the vector that they lie in so far, all or some of them; nil before the first layout.
    ///   - sparesNormsAndBiases: whether these lie apart, so that weight decay can leave them.
    init(_ parameters: [Parameter], previous: ParameterVector?, sparesNormsAndBiases: Bool) {
      let known = previous?.indices ?? [:]
      let next = previous.map { $0.ranges.last!.generation + 1 } ?? 0
      var members: OrderedDictionary<ParameterRange.Kind, [Parameter]> = [:]
      for parameter in parameters {
        let generation = known[parameter.name].map {
          previous!.ranges[previous!.rangeNumber(ofParameter: $0)].generation
        }
        let kind = ParameterRange.Kind(
          generation: generation ?? next, stage: parameter.scope.stage, group: parameter.scope.group,
          isFrozen: parameter.isFrozen, isDecayed: !(sparesNormsAndBiases && parameter.isNormOrBias))
        members[kind, default: []].append(parameter)
      }
      ranges = members.enumerated()
        .sorted { ($0.element.key.generation, $0.offset) < ($1.element.key.generation, $1.offset) }
        .map { ($0.element.key, $0.element.value) }
    }

    /// Whether a vector is laid out as planned.
    func describes(_ vector: ParameterVector) -> Bool {
      vector.ranges.map(\.kind) == ranges.map(\.kind)
        && vector.parameters.elementsEqual(ranges.flatMap(\.parameters), by: ===)
    }
  }
}
