import NeuralNetworks
import Torch

/// What a task takes from the features of all others: the sum of their convolutions, each of which a second one gates.
///
/// For the features F of the tasks, D[t] = F[t] + Σ σ(A F[a]) ⊙ (W F[a]) over all other tasks a, with 3×3 convolutions
/// A and W for each pair. The gates are those of the sending task.
///
/// - Source: Xu et al., *PAD-Net*, CVPR 2018, section 3.3, in the form of Vandenhende et al., *MTI-Net*, ECCV 2020.
struct TaskDistillation {
  private struct Message {
    let sender: Int
    let gate: Convolution
    let content: Convolution
  }

  /// What each task receives; nothing for those without a final prediction.
  private let messages: [[Message]]

  init(_ path: ParameterPath, _ final: FinalTasks, channels: Int) {
    func convolution(_ path: ParameterPath) -> Convolution {
      Convolution(path, from: channels, to: channels, kernel: 3, hasBias: false)
    }
    messages = final.tasks.map { receiver in
      guard final.contains(receiver) else { return [] }
      let path = path["self_attention", receiver].reached(by: .task(receiver))
      return final.tasks.enumerated().filter { $0.element != receiver }.map { sender, name in
        Message(
          sender: sender, gate: convolution(path[name]["attention", "0"]), content: convolution(path[name]["conv"]))
      }
    }
  }

  /// Returns a task's features with what it takes from the others.
  ///
  /// - Parameters:
  ///   - task: the task's position.
  ///   - features: those of every task, batch × channels × height × width.
  func callAsFunction(_ task: Int, _ features: [Tensor], _ context: ForwardContext) -> Tensor {
    messages[task].reduce(features[task]) { sum, message in
      let sent = features[message.sender]
      return sum + message.gate(sent, context).sigmoid() * message.content(sent, context)
    }
  }
}
