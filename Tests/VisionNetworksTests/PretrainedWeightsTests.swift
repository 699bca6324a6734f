import Foundation
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Which files are weights of an encoder, and what their entries become.
@Suite struct PretrainedWeightsTests {
  private struct Built {
    let store: ParameterStore
    let encoder: any PretrainedEncoder
    let origin: @Sendable (String) -> EntryOrigin?
  }

  private func make(
    _ name: String, height: Int = 32, width: Int = 32, seed: UInt64 = 1, sharing: any Sharing = HardSharing(),
    tasks: [String] = []
  ) -> Built {
    let store = ParameterStore(seed: seed)
    let shared = sharing.makeEncoder(
      EncoderRegistry.shared.entry(name)!, at: store.root, EncoderRequest(imageHeight: height, imageWidth: width),
      tasks: tasks)
    store.layOut()
    return Built(store: store, encoder: shared.encoder as! any PretrainedEncoder, origin: shared.origin)
  }

  /// Loads a file of an encoder's entries after a change.
  private func load(
    _ source: Built, into target: Built, metadata: [String: String] = [:],
    changing change: ([(name: String, tensor: Tensor)]) -> [(name: String, tensor: Tensor)] = { $0 }
  ) throws -> LoadReport {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("weights.safetensors")
      try Safetensors.write(change(source.store.state), metadata: metadata, to: url)
      return try target.encoder.loadPretrained(
        SafetensorsFile(contentsOf: url), into: target.store, naming: { target.origin($0)?.name })
    }
  }

  private func values(_ built: Built) -> [[Double]] { built.store.state.map { $0.tensor.array(of: Double.self) } }

  private func message(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "nothing"
    } catch { return "\(error)" }
  }

  // MARK: Another architecture's entries

  @Test(arguments: [
    ("vit_micro", ["blocks.0.ls1.gamma", "blocks.0.ls2.gamma"]), ("vit_micro", ["reg_token"]),
    ("vit_micro", ["dist_token"]), ("vit_micro", ["norm_pre.weight", "norm_pre.bias"]),
    ("vit_micro", ["blocks.1.attn.q_norm.weight"]), ("vit_micro", ["fc_norm.weight"]), ("vit_micro", ["fc.weight"]),
    ("vit_micro", ["header.weight"]), ("resnet18", ["layer1.0.se.fc1.weight"]), ("resnet18", ["head.weight"]),
    ("resnet18", ["layer1.0.conv3.weight"]), ("segnet", ["encoder_att.0.weight"]),
  ])
  func partsOfAnotherArchitectureAreRefused(_ encoder: String, _ names: [String]) {
    let (source, target) = (make(encoder, seed: 1), make(encoder, seed: 2))
    let before = values(target)
    let found = message {
      try load(source, into: target) { $0 + names.map { ($0, Tensor.ones([48])) } }
    }
    #expect(found.contains("\(names.count) unknown to the network, which belong to another architecture"), "\(found)")
    #expect(names.allSatisfy(found.contains), "\(found)")
    #expect(values(target) == before)
  }

  @Test(arguments: [
    ("vit_micro", ["head.weight", "head.bias"]), ("vit_micro", ["head_dist.weight", "pre_logits.fc.bias"]),
    ("resnet18", ["fc.weight", "fc.bias"]), ("segnet", ["pred_task1.0.weight", "pred_task.1.bias"]),
    ("resnet20_quarter", ["linear.weight", "linear.bias"]),
    (
      "hrnet_w18_small_v2",
      ["incre_modules.0.0.bn1.bias", "downsamp_modules.0.0.weight", "final_layer.0.bias", "classifier.bias"]
    ),
  ])
  func classifiersAreLeftOut(_ encoder: String, _ names: [String]) throws {
    let (source, target) = (make(encoder, seed: 1), make(encoder, seed: 2))
    let report = try load(source, into: target) { $0 + names.map { ($0, Tensor.ones([48])) } }
    #expect(report.unused.sorted() == names.sorted() && report.unexpected.isEmpty && report.isComplete)
    #expect(report.loaded.count == source.store.state.count)
    #expect(values(target) == values(source))
  }

  // MARK: Counters

  @Test(arguments: ["resnet18", "segnet", "hrnet_w18_small_v2"], [nil, ["a", "b"]])
  func filesWithoutCountersOfBatchesLoad(_ encoder: String, _ tasks: [String]?) throws {
    let sharing: any Sharing = tasks == nil ? HardSharing() : TaskNormalizationSharing()
    let (source, target) = (make(encoder, seed: 1), make(encoder, seed: 2, sharing: sharing, tasks: tasks ?? []))
    let counters = source.store.state.count { $0.name.hasSuffix("num_batches_tracked") }
    let report = try load(source, into: target) { $0.filter { !$0.name.hasSuffix("num_batches_tracked") } }
    #expect(counters > 0 && report.isComplete && report.unused.isEmpty)
    #expect(report.loaded.count == target.store.state.count - counters * (tasks?.count ?? 1))
  }

  // MARK: Positions

  /// A square grid of 4×4, and how many columns of 2, 8 or 16 rows its tokens are not.
  @Test func aSquareGridIsResizedToOneOfTheSameCount() throws {
    let file = try SafetensorsFile(contentsOf: resources.appendingPathComponent("positions/square-4x4.safetensors"))
    let positions = try file.tensor("pos_embed")
    let target = make("vit_micro", height: 16, width: 64, seed: 2)
    _ = try load(make("vit_micro"), into: target) { entries in
      entries.map { $0.name == "pos_embed" ? ($0.name, positions) : $0 }
    }
    let found = target.store.entry("pos_embed")!.array(of: Double.self)
    #expect(found.count == 17 * 48)
    #expect(Array(found.prefix(48)) == Array(positions.array(of: Double.self).prefix(48)))
    let expected: [(token: Int, values: [Double])] = [
      (0, [-0.10231779, 0.19819006, -0.62498784]), (1, [-0.04096901, 0.08220567, -0.49616076]),
      (15, [-0.05297303, -0.58939484, 0.24685494]),
    ]
    for (token, values) in expected {
      for (index, value) in values.enumerated() {
        #expect(abs(found[(1 + token) * 48 + index] - value) < 2e-7, "token \(token)")
      }
    }
  }

  /// - Parameter grids: the file's rows and columns, what its metadata say, the network's, and whether the positions stay as
  ///   they are.
  @Test(
    arguments: [
      ((4, 4), nil, (4, 4), true), ((2, 8), nil, (2, 8), false), ((2, 8), "2x8", (2, 8), true),
      ((2, 8), "2x8", (4, 4), false), ((4, 4), "4x4", (2, 8), false), ((2, 3), nil, (2, 3), true),
      ((2, 3), "2x3", (3, 2), false), ((1, 1), nil, (2, 3), false),
    ] as [((rows: Int, columns: Int), String?, (rows: Int, columns: Int), Bool)])
  func positionsAreThoseOfTheirGrid(
    _ grid: (rows: Int, columns: Int), _ metadata: String?, _ own: (rows: Int, columns: Int), _ isUnchanged: Bool
  ) throws {
    let source = make("vit_micro", height: grid.rows * 8, width: grid.columns * 8)
    let target = make("vit_micro", height: own.rows * 8, width: own.columns * 8, seed: 2)
    let report = try load(source, into: target, metadata: metadata.map { ["grid": $0] } ?? [:])
    #expect(report.isComplete)
    let (saved, found) = (source.store.entry("pos_embed")!, target.store.entry("pos_embed")!)
    #expect(found.shape == [1, 1 + own.rows * own.columns, 48])
    #expect((saved.array(of: Float.self) == found.array(of: Float.self)) == isUnchanged)
  }

  @Test(
    arguments: [
      ((2, 3), nil, (4, 4), "has 6 positions, which are not a square number"),
      ((2, 3), "4x4", (4, 4), "a grid of '4x4', but has 6"),
      ((2, 3), "two by three", (2, 3), "a grid of 'two by three', but has 6"), ((2, 3), "-2x-3", (2, 3), "but has 6"),
      ((2, 3), "9223372036854775807x9223372036854775807", (2, 3), "but has 6"), ((2, 3), "", (2, 3), "a grid of ''"),
    ] as [((rows: Int, columns: Int), String?, (rows: Int, columns: Int), String)])
  func positionsOfAnUnknownGridAreRefused(
    _ grid: (rows: Int, columns: Int), _ metadata: String?, _ own: (rows: Int, columns: Int), _ answer: String
  ) {
    let source = make("vit_micro", height: grid.rows * 8, width: grid.columns * 8)
    let target = make("vit_micro", height: own.rows * 8, width: own.columns * 8, seed: 2)
    let before = values(target)
    let found = message { try load(source, into: target, metadata: metadata.map { ["grid": $0] } ?? [:]) }
    #expect(found.contains(answer), "\(found)")
    #expect(values(target) == before)
  }

  /// A distilled network has a token more, so that its positions are no square: the token says more about what is wrong.
  @Test func namesOfAnotherArchitectureComeBeforeItsPositions() {
    let found = message {
      try load(make("vit_micro"), into: make("vit_micro", seed: 2)) { entries in
        entries.map { $0.name == "pos_embed" ? ($0.name, Tensor.zeros([1, 18, 48])) : $0 } + [
          ("dist_token", Tensor.zeros([1, 1, 48]))
        ]
      }
    }
    #expect(found.contains("another architecture: dist_token"), "\(found)")
  }

  @Test(arguments: [[17, 48], [1, 17, 24], [2, 17, 48], [1, 1, 48], [1, 0, 48]])
  func positionsOfAnotherShapeAreRefused(_ shape: [Int]) {
    let found = message {
      try load(make("vit_micro"), into: make("vit_micro", seed: 2)) { entries in
        entries.map { $0.name == "pos_embed" ? ($0.name, Tensor.zeros(shape)) : $0 }
      }
    }
    #expect(found.contains("1 of another shape: pos_embed is \(shape)"), "\(found)")
  }
}
