import OrderedCollections
import Support
import Torch

/// All parameters and buffers of a network, by name, and their layout in one vector for each ``Reach``.
///
/// Layers register what they need through a ``ParameterPath`` while they are built; ``layOut()`` then moves the
/// values into the vectors. Registering more and laying out again grows the network: values and
/// optimizer state stay, and every ``Parameter`` points to its new place.
public final class ParameterStore {
  /// Where parameters and buffers lie.
  public let device: Device
  /// The type of parameters, and of buffers of floating-point numbers.
  public let dtype: DType
  /// The source of initial values.
  public let generator: RandomGenerator

  private var parameters: OrderedDictionary<String, Parameter> = [:]
  private var buffers: OrderedDictionary<String, Buffer> = [:]
  /// The name of every entry, in the order of registration.
  private(set) var names: OrderedSet<String> = []
  private var vectorsByReach: [Reach: ParameterVector] = [:]

  /// Which parameters are put into a group other than their declared one; the first that contains a parameter counts.
  private var assignments: [(selection: ParameterSelection, group: String)] = []
  private var frozenGroups: Set<String> = []
  private var frozenNames: Set<String> = []
  private var sparesNormsAndBiases = false

  /// Creates a store without parameters, whose initial values are drawn from `seed`.
  public init(seed: UInt64, device: Device = .cpu, dtype: DType = .float32) {
    self.device = device
    self.dtype = dtype
    generator = RandomGenerator(seed: seed)
  }

  /// The root of all names, below which layers register.
  public var root: ParameterPath { ParameterPath(store: self) }

  /// Every buffer, in the order of registration.
  public var allBuffers: [Buffer] { Array(buffers.values) }
  /// Every parameter, in the order of registration.
  public var allParameters: [Parameter] { Array(parameters.values) }
  /// The number of elements of all parameters.
  public var parameterCount: Int { parameters.values.reduce(0) { $0 + $1.value.count } }

  /// The vectors, one for each reach, that of every task first; empty before ``layOut()``.
  public var vectors: [ParameterVector] { vectorsByReach.sorted { $0.key < $1.key }.map(\.value) }

  /// Returns the vector of the parameters that exactly these tasks reach; nil if there are no such parameters.
  public func vector(of reach: Reach) -> ParameterVector? { vectorsByReach[reach] }

  func register(_ name: String, scope: ParameterScope, isNormOrBias: Bool, initial: Tensor) -> Parameter {
    require(!names.contains(name), "two entries named '\(name)'")
    let parameter = Parameter(name: name, scope: scope, isNormOrBias: isNormOrBias, value: converted(initial))
    names.append(name)
    parameters[name] = parameter
    return parameter
  }

  func register(buffer name: String, initial: Tensor) -> Buffer {
    require(!names.contains(name), "two entries named '\(name)'")
    let buffer = Buffer(name: name, value: converted(initial))
    names.append(name)
    buffers[name] = buffer
    return buffer
  }

  private func converted(_ initial: Tensor) -> Tensor {
    (initial.dtype.isFloatingPoint ? initial.to(dtype) : initial).to(device)
  }

  // MARK: Layout

  /// Puts all parameters of a reach into one vector. Call it when the network is built, and again after it grew, or after
  /// parameters were assigned to groups or frozen.
  public func layOut() {
    for parameter in parameters.values {
      parameter.scope.group =
        assignments.first { $0.selection.contains(parameter) }?.group ?? parameter.declaredGroup
      parameter.isFrozen = frozenNames.contains(parameter.name) || frozenGroups.contains(parameter.scope.group)
    }
    let membersByReach = Dictionary(grouping: parameters.values, by: \.scope.reach)
    vectorsByReach = vectorsByReach.filter { membersByReach[$0.key] != nil }
    for (reach, members) in membersByReach {
      let previous = vectorsByReach[reach]
      let plan = ParameterVector.Plan(members, previous: previous, sparesNormsAndBiases: sparesNormsAndBiases)
      if let previous, plan.describes(previous) { continue }
      vectorsByReach[reach] = ParameterVector(plan, reach: reach, previous: previous)
    }
  }

  /// Lays the parameters out as optimizer groups need it: their frozen parameters are trained no more, and norms and biases
  /// lie apart if weight decay spares them. It holds for later layouts, too; groups of an earlier call are forgotten.
  ///
  /// A group that no parameter declares or is assigned to stops the process: it would change nothing.
  public func layOut(for groups: OptimizerGroups) {
    let held = Set(parameters.values.map(\.declaredGroup)).union(assignments.map(\.group))
    if let empty = groups.groups.first(where: { !held.contains($0.name) }) {
      fatalError(
        "no parameter is in an optimizer group of this name: " + unknownName("group", empty.name, among: held.sorted()))
    }
    frozenGroups = Set(groups.groups.filter(\.isFrozen).map(\.name))
    sparesNormsAndBiases = !groups.decaysNormsAndBiases
    layOut()
  }

  /// Puts parameters into an optimizer group, from the next ``layOut()`` on: those that there are, and those that are
  /// registered later. If several assignments contain a parameter, the first counts; a second one of the same selection
  /// takes the place of the first.
  ///
  /// - Throws: ``ParameterSelectionError`` with the nearest names if there is no such parameter.
  public func assign(_ selection: ParameterSelection, to group: String) throws {
    try requireParameters(of: selection)
    if let known = assignments.firstIndex(where: { $0.selection == selection }) {
      assignments[known].group = group
    } else {
      assignments.append((selection, group))
    }
  }

  /// As ``assign(_:to:)``, of several selections in place of all earlier assignments.
  ///
  /// - Throws: ``ParameterSelectionError`` with the nearest names if a selection contains no parameter; the earlier
  ///   assignments are kept then.
  public func reassign(_ assignments: [(selection: ParameterSelection, group: String)]) throws {
    for assignment in assignments { try requireParameters(of: assignment.selection) }
    self.assignments = assignments
  }

  private func requireParameters(of selection: ParameterSelection) throws {
    guard parameters.values.contains(where: selection.contains) else {
      throw ParameterSelectionError(selection, among: allParameters)
    }
  }

  /// Declares which tasks' losses reach a parameter in place of what its path has declared, from the next ``layOut()``
  /// on. A network whose tasks exchange features may know it only when it is complete.
  public func declare(_ reach: Reach, of parameter: Parameter) { parameter.scope.reach = reach }

  /// Freezes those of the parameters registered so far that fulfill a condition: from the next ``layOut()`` on they are
  /// trained no more, whatever their group.
  public func freeze(where isIncluded: (Parameter) -> Bool) {
    frozenNames.formUnion(parameters.values.filter(isIncluded).map(\.name))
  }

  // MARK: Entries

  /// Every entry of the state dict in order of registration.
  public var state: [(name: String, tensor: Tensor)] {
    names.map { ($0, parameters[$0]?.value ?? buffers[$0]!.value) }
  }

  /// The parameter of a name; nil if there is none.
  func parameter(_ name: String) -> Parameter? { parameters[name] }

  /// The values of a parameter or buffer; nil if there is none of this name.
  public func entry(_ name: String) -> Tensor? { parameters[name]?.value ?? buffers[name]?.value }
}
