import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// A public network in which tasks share an encoder by its stages, and what its entries are called here.
struct StageSharingCase: Sendable, CustomTestStringConvertible {
  let name: String
  let encoder: String
  var sharing: any Sharing
  /// The channels of the tasks' predictions.
  let channels: [Int]
  /// Parameters of the code that its network does not use.
  var unused: [String] = []
  let heads: Heads
  /// The name of an entry in the reference.
  let rename: @Sendable (_ name: String, _ tasks: [String]) -> String
  /// Where an entry of a network lies in a larger one of the reference; nil if it has one of its own.
  var part: @Sendable (_ name: String, _ tasks: [String]) -> (entry: String, index: Int)? = { _, _ in nil }
  /// The shapes of these larger entries.
  var whole: [String: [Int]] = [:]
  var testDescription: String { name }

  /// The decoders of the reference's network.
  enum Heads: Sendable {
    /// ASPP, resized with the corners in their places.
    case pyramids
    /// Two convolutions.
    case plain
    /// One 1×1 convolution, which is not resized.
    case point

    func make(_ path: ParameterPath, inputs: Int, channels: Int) -> ([Tensor], (Int, Int)) -> Tensor {
      switch self {
      case .pyramids:
        let head = ASPPHead(path, inputs: inputs, channels: channels)
        return { head.logits($0.last!, .evaluation).resized(height: $1.0, width: $1.1, .bilinearAlignedCorners) }
      case .plain:
        let head = PlainHead(path, inputs: inputs, channels: channels)
        return { head($0, size: (height: $1.0, width: $1.1), .evaluation) }
      case .point:
        let head = Convolution(path, from: inputs, to: channels, kernel: 1)
        return { maps, _ in head(maps.last!, .evaluation) }
      }
    }

    /// What the reference's network does with the prediction of the task at a position.
    func transformed(_ output: Tensor, _ position: Int) -> Tensor {
      switch (self, position) {
      case (.point, _): output
      case (_, 0): output.logSoftmax(axis: 1)
      case (_, 2): output / output.squared().sum(axes: [1], keepingAxes: true).sqrt()
      default: output
      }
    }
  }

  static let all: [StageSharingCase] = [
    StageSharingCase(
      name: "mtan_resnet50_nyuv2", encoder: "resnet50_dilated", sharing: AttentionSharing(), channels: [13, 1, 3],
      heads: .pyramids, rename: mtanResNet50),
    StageSharingCase(
      name: "segnet_mtan_cityscapes", encoder: "segnet", sharing: AttentionSharing(), channels: [7, 1],
      unused: ["logsigma"], heads: .plain, rename: segNet),
    StageSharingCase(
      name: "segnet_mtan_nyuv2", encoder: "segnet", sharing: AttentionSharing(), channels: [13, 1, 3],
      unused: ["logsigma"], heads: .plain, rename: segNet),
    StageSharingCase(
      name: "segnet_cross_cityscapes", encoder: "segnet",
      sharing: CrossStitchSharing(.senders, places: ExchangePlaces(afterStem: true, afterEnd: false)),
      channels: [7, 1], unused: ["logsigma"], heads: .plain, rename: crossedSegNet, part: crossedSegNetUnit,
      whole: ["cs_unit_encoder": [4, 2], "cs_unit_decoder": [5, 2]]),
    StageSharingCase(
      name: "libmtl_cross_stitch_resnet18", encoder: "resnet18",
      sharing: CrossStitchSharing(.pairs, places: ExchangePlaces(afterStem: false, afterEnd: false)),
      channels: [13, 1], heads: .point, rename: libMTLCrossStitch, part: libMTLUnit,
      whole: ["encoder.cross_unit": [4, 2, 2]]),
    StageSharingCase(
      name: "libmtl_mtan_resnet18", encoder: "resnet18",
      sharing: AttentionSharing(AttentionSharing.Form(middle: .full, refinement: .basic)), channels: [13, 1],
      heads: .point, rename: libMTLAttention),
    StageSharingCase(
      name: "libmtl_hps_resnet18", encoder: "resnet18", sharing: HardSharing(), channels: [13, 1], heads: .point,
      rename: { name, _ in replaced(name, [("backbone.", "encoder."), ("heads.", "decoders.")]) }),
  ]
}

private func replaced(_ name: String, _ beginnings: [(String, String)]) -> String {
  for (old, new) in beginnings where name.hasPrefix(old) { return new + name.dropFirst(old.count) }
  return name
}

/// The last block of each layer has a name of its own.
private func mtanResNet50(_ name: String, _ tasks: [String]) -> String {
  var parts = name.split(separator: ".").map(String.init)
  if let task = tasks.firstIndex(of: parts[1]) { parts[1] = "\(task)" }
  switch parts[0] {
  case "heads": parts[0] = "decoders"
  case let part where part.hasPrefix("attention_"): parts[0] = "encoder_att_" + part.dropFirst(10)
  case let part where part.hasPrefix("refine_"):
    parts[0] = "encoder_block_att_" + part.dropFirst(7)
    parts.remove(at: 1)
  default:
    parts.removeFirst()
    switch parts[0] {
    case "conv1": parts[0] = "shared_conv.0"
    case "bn1": parts[0] = "shared_conv.1"
    case let layer:
      let number = Int(layer.dropFirst(5))!
      let isLast = Int(parts[1])! == ResNet.Configuration.resNet50.depths[number - 1] - 1
      parts[0] = "shared_layer\(number)_" + (isLast ? "t" : "b")
      if isLast { parts.remove(at: 1) }
    }
  }
  return parts.joined(separator: ".")
}

/// Tasks are numbers, heads are counted from 1, and the encoder lies at the root.
private func segNet(_ name: String, _ tasks: [String]) -> String {
  var parts = name.split(separator: ".").map(String.init)
  let task = tasks.firstIndex(of: parts[1])
  switch parts[0] {
  case "backbone": parts.removeFirst()
  case "heads": parts.replaceSubrange(0..<2, with: ["pred_task\(task! + 1)"])
  default: if let task { parts[1] = "\(task)" }
  }
  return parts.joined(separator: ".")
}

/// All convolutions of a resolution lie in one list, with an activation behind each normalization.
private func crossedSegNet(_ name: String, _ tasks: [String]) -> String {
  let name = segNet(name, tasks)
  var parts = name.split(separator: ".").map(String.init)
  guard let task = tasks.firstIndex(of: parts[0]) else { return name }
  let isFirst = parts[1].hasSuffix("_block")
  let kind = isFirst ? parts[1].prefix(7) : parts[1].hasSuffix("enc") ? "encoder" : "decoder"
  let level = parts[2]
  let tail = Array(parts.dropFirst(3))
  let convolution = isFirst ? 0 : tail.count == 3 ? Int(tail[0])! + 1 : 1
  let layer = 3 * convolution + Int(tail[tail.count - 2])!
  parts = ["\(kind)_block_t", "\(task)", level, "\(layer)", tail[tail.count - 1]]
  return parts.joined(separator: ".")
}

private func crossedSegNetUnit(_ name: String, _ tasks: [String]) -> (entry: String, index: Int)? {
  let parts = name.split(separator: ".").map(String.init)
  guard parts[0] == "cross_stitch" else { return nil }
  let level = Int(parts[1].suffix(1))!
  let task = tasks.firstIndex(of: parts[3])!
  if parts[1].hasPrefix("decoder") { return ("cs_unit_decoder", (5 - level) * 2 + task) }
  return level == 4 ? ("cs_unit_decoder", task) : ("cs_unit_encoder", level * 2 + task)
}

private func libMTLCrossStitch(_ name: String, _ tasks: [String]) -> String {
  var parts = name.split(separator: ".").map(String.init)
  guard parts[0] == "backbone" else { return replaced(name, [("heads.", "decoders.")]) }
  let task = parts[1]
  switch parts[2] {
  case "conv1": parts.replaceSubrange(0..<3, with: ["encoder.resnet_conv", task, "0"])
  case "bn1": parts.replaceSubrange(0..<3, with: ["encoder.resnet_conv", task, "1"])
  default:
    let layer = Int(parts[2].suffix(1))! - 1
    parts.replaceSubrange(0..<3, with: ["encoder.resnet_layer", "\(layer)", "\(tasks.firstIndex(of: task)!)"])
  }
  return parts.joined(separator: ".")
}

private func libMTLUnit(_ name: String, _ tasks: [String]) -> (entry: String, index: Int)? {
  let parts = name.split(separator: ".").map(String.init)
  guard parts[0] == "cross_stitch" else { return nil }
  let (receiver, sender) = (tasks.firstIndex(of: parts[3])!, tasks.firstIndex(of: parts[4])!)
  return ("encoder.cross_unit", (Int(parts[1].suffix(1))! - 1) * 4 + receiver * 2 + sender)
}

private func libMTLAttention(_ name: String, _ tasks: [String]) -> String {
  var parts = name.split(separator: ".").map(String.init)
  func layer(_ part: String) -> String { "\(Int(part.suffix(1))! - 1)" }
  switch parts[0] {
  case "heads": parts[0] = "decoders"
  case let part where part.hasPrefix("attention_"):
    parts.replaceSubrange(0..<2, with: ["encoder.encoder_att", layer(part), "\(tasks.firstIndex(of: parts[1])!)"])
  case let part where part.hasPrefix("refine_"):
    parts.replaceSubrange(0..<2, with: ["encoder.encoder_block_att", layer(part)])
  default:
    switch parts[1] {
    case "conv1": parts.replaceSubrange(0..<2, with: ["encoder.shared_conv.0"])
    case "bn1": parts.replaceSubrange(0..<2, with: ["encoder.shared_conv.1"])
    default:
      let block = parts[2] == "0" ? ["0", "0"] : ["1"]
      parts.replaceSubrange(0..<3, with: ["encoder.shared_layer", layer(parts[1])] + block)
    }
  }
  return parts.joined(separator: ".")
}
