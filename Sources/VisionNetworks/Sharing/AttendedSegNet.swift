import NeuralNetworks
import Torch

/// A SegNet to each of whose resolutions tasks attend, on the way down and on the way up.
///
/// A task's mask for the last map of a resolution is computed from the first map there (on the way up: from the unpooled
/// one) and from what the task's masks have left so far, which a convolution that all tasks share has brought to the
/// channels of this resolution.
struct AttendedSegNet: Encoder {
  private let encoder: SegNet
  private let tasks: [String]
  private let down: Half
  private let up: Half

  /// What tasks have at each resolution on one way, finest first.
  private struct Half {
    /// For each resolution the masks of all tasks.
    let masks: [[TaskAttention]]
    /// For each resolution what all tasks share.
    let refinements: [RectifiedConvolution]
  }

  init(_ encoder: SegNet, tasks: [String], at path: ParameterPath, _ form: AttentionSharing.Form) {
    self.encoder = encoder
    self.tasks = tasks
    let (channels, middle) = (SegNet.channels, form.middle ?? .full)
    func half(
      _ name: String, _ shapes: [(inputs: Int, outputs: Int, refinement: (from: Int, to: Int))]
    ) -> Half {
      let masks = shapes.enumerated().map { level, shape in
        tasks.map { task in
          TaskAttention(
            path.beside("\(name)_att")[task][level].reached(by: .task(task)), from: shape.inputs,
            middle: middle.channels(of: shape.outputs), to: shape.outputs, kernels: .xavier)
        }
      }
      let refinements = shapes.enumerated().map { level, shape in
        SegNet.convolution(
          path.beside("\(name)_block_att")[level], from: shape.refinement.from, to: shape.refinement.to)
      }
      return Half(masks: masks, refinements: refinements)
    }
    down = half(
      "encoder",
      channels.enumerated().map { level, width in
        (level == 0 ? width : 2 * width, width, (width, channels[min(level + 1, channels.count - 1)]))
      })
    up = half(
      "decoder",
      channels.enumerated().map { level, width in
        let outputs = channels[max(0, level - 1)]
        return (width + outputs, outputs, (width, outputs))
      })
  }

  var featureChannels: [Int] { encoder.featureChannels }
  var featureStrides: [Int] { encoder.featureStrides }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    let positions = context.tasks.map { tasks.firstIndex(of: $0)! }
    var maps = StepMaps([Streams(images)])
    var left: [Tensor]?
    for level in encoder.encoding.indices {
      let first = maps.passing(Array(encoder.encoding[level].prefix(1)), context)
      let last = first.passing(Array(encoder.encoding[level].dropFirst()), context)
      let (input, output) = (first.only.shared!, last.only.shared!)
      left = positions.enumerated().map { index, task in
        let masked = down.masks[level][task](output, from: [input] + (left.map { [$0[index]] } ?? []), context)
        return down.refinements[level](Streams(masked), context).shared!.maxPooled(kernel: 2, stride: 2)
      }
      maps = last.pooled()
    }
    for level in encoder.decoding.indices.reversed() {
      let start = maps.unpooled()
      maps = start.passing(encoder.decoding[level], context)
      let (input, output) = (start.only.shared!, maps.only.shared!)
      let size = (height: input.shape[2], width: input.shape[3])
      left = positions.enumerated().map { index, task in
        let enlarged = left![index].resized(height: size.height, width: size.width, .bilinearAlignedCorners)
        let refined = up.refinements[level](Streams(enlarged), context).shared!
        return up.masks[level][task](output, from: [input, refined], context)
      }
    }
    return [Streams(apart: left!)]
  }
}

extension SegNet: AttendableEncoder {
  /// Returns an encoder whose one map is what the tasks' masks leave of the last one.
  public func attended(
    by tasks: [String], at path: ParameterPath, _ form: AttentionSharing.Form
  ) -> any Encoder { AttendedSegNet(self, tasks: tasks, at: path, form) }
}
