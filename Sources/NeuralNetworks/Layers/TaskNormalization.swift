import Support
import Torch

/// The batch normalization behind a shared convolution: one for all tasks, or one for each.
///
/// With one for each, whoever evaluates the network says for which task: ``ForwardContext/for(task:)``.
public struct TaskNormalization: Layer {
  private enum Kind {
    case shared(BatchNormalization)
    case byTask([String: BatchNormalization])
  }

  private let kind: Kind

  /// - Parameter tasks: who has a normalization of their own, as `path.TASK`; none for one that all share.
  public init(_ path: ParameterPath, channels: Int, tasks: [String]?) {
    guard let tasks else {
      kind = .shared(BatchNormalization(path, channels: channels))
      return
    }
    kind = .byTask(
      Dictionary(
        uniqueKeysWithValues: tasks.map {
          ($0, BatchNormalization(path[$0].reached(by: .task($0)), channels: channels))
        }))
  }

  /// Each task's own; none where all share one.
  public var byTask: [String: BatchNormalization]? {
    if case .byTask(let normalizations) = kind { normalizations } else { nil }
  }

  /// What a network whose tasks share their normalizations calls an entry: without the task's name.
  public static func plainName(of name: String, tasks: [String]?) -> String {
    guard let tasks else { return name }
    var parts = name.split(separator: ".").map(String.init)
    if parts.count > 2, tasks.contains(parts[parts.count - 2]) { parts.remove(at: parts.count - 2) }
    return parts.joined(separator: ".")
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    switch kind {
    case .shared(let normalization): return normalization(input, context)
    case .byTask(let normalizations):
      let own = context.tasks.map { task -> BatchNormalization in
        guard let own = normalizations[task] else {
          fatalError("task-specific normalization of \(normalizations.keys.sorted()), evaluated for '\(task)'")
        }
        return own
      }
      require(
        !own.isEmpty, "task-specific normalization of \(normalizations.keys.sorted()), evaluated for no task")
      return own.count == 1 ? own[0](input, context) : Self.normalize(input, own, context)
    }
  }

  /// Every task's stream by its own running statistics, all in one pass over the memory.
  private static func normalize(_ input: Tensor, _ own: [BatchNormalization], _ context: ForwardContext) -> Tensor {
    require(!context.isTraining, "the tasks' streams are stacked in evaluation: training takes a pass for each")
    let shape = input.shape
    let affine = own.map(\.affine)
    func byTask(_ values: [Tensor]) -> Tensor { Tensor.stacked(values).reshaped([own.count, 1, shape[1], 1, 1]) }
    return byTask(affine.map(\.shift))
      .addingProduct(input.reshaped([own.count, -1] + shape.dropFirst()), byTask(affine.map(\.scale)))
      .reshaped(shape)
  }
}
