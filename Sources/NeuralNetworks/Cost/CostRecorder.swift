import OrderedCollections
import Torch

/// Adds up what the operators of a forward pass do.
final class CostRecorder {
  /// A module and an operator.
  private struct Place: Hashable {
    let module: String
    let name: String
  }

  private var parts: OrderedDictionary<Place, ForwardCost.Part> = [:]
  private let parameters: [String: Parameter]
  /// The names of the parameters that a tensor has the elements of.
  private var names: [UnsafeRawPointer: [String]] = [:]
  /// Tensors made of parameters, which keep their identities that way.
  private var derived: [Tensor] = []
  private var used: Set<String> = []
  private var lastModule = ""
  private var activations: ActivationMemory

  init(_ store: ParameterStore, _ images: Tensor) {
    parameters = Dictionary(uniqueKeysWithValues: store.allParameters.map { ($0.name, $0) })
    for parameter in store.allParameters { names[parameter.value.identity] = [parameter.name] }
    activations = ActivationMemory(of: images, apartFrom: store.state.map(\.tensor))
  }

  var cost: ForwardCost {
    var cost = ForwardCost()
    cost.parts = Array(parts.values)
    cost.usedParameterCount = used.reduce(0) { $0 + parameters[$1]!.value.count }
    cost.peakActivationBytes = activations.peak
    cost.trainingActivationBytes = activations.kept
    return cost
  }

  func add(_ call: OperatorCall) {
    let inputs = call.tensors
    let taken = inputs.flatMap { names[$0.identity] ?? [] }
    used.formUnion(taken)
    if isMadeOfParameters(call) {
      for result in call.results where names[result.identity] == nil {
        names[result.identity] = taken
        derived.append(result)
      }
      return
    }
    activations.add(call, features: inputs.filter { names[$0.identity] == nil })
    guard call.work != .none else { return }
    let module = taken.isEmpty ? Self.surroundings(of: lastModule) : Self.module(of: taken)
    if !taken.isEmpty { lastModule = module }
    let place = Place(module: module, name: Self.shortName(of: call))
    var part = parts[place] ?? ForwardCost.Part(module: place.module, name: place.name)
    part.callCount += 1
    switch call.work {
    case .products(let count) where taken.isEmpty: part.featureMultiplyAdds += count
    case .products(let count): part.parameterMultiplyAdds += count
    case .elements(let count): part.elementCount += count
    case .none: break
    }
    parts[place] = part
  }

  /// Whether the result has elements of parameters only: of one of them, or of a list.
  private func isMadeOfParameters(_ call: OperatorCall) -> Bool {
    guard call.movesElements else { return false }
    switch call.arguments.first {
    case .tensor(let tensor): return names[tensor.identity] != nil
    case .tensors(let tensors): return tensors.allSatisfy { names[$0.identity] != nil }
    default: return false
    }
  }

  /// The layer to which parameters belong, or what lies around the layers of several.
  private static func module(of names: [String]) -> String {
    let paths = names.map { $0.split(separator: ".").dropLast() }
    let common = paths.dropFirst().reduce(paths[0]) { common, path in
      common.prefix(zip(common, path).prefix { $0 == $1 }.count)
    }
    return common.joined(separator: ".")
  }

  private static func surroundings(of module: String) -> String {
    module.split(separator: ".").dropLast().joined(separator: ".")
  }

  /// Without the namespace and the overload.
  private static func shortName(of call: OperatorCall) -> String {
    String(call.name.dropFirst("aten::".count).prefix { $0 != "." })
  }
}
