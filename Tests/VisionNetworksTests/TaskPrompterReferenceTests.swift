import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite(.serialized) struct TaskPrompterReferenceTests {
  private func configuration(_ reference: Reference) -> TaskPrompter.Configuration {
    TaskPrompter.Configuration(
      VisionTransformer.Configuration(reference), decodedWidth: reference["embed_dim"].int,
      outputWidth: reference["final_embed_dim"].int,
      windows: Int(reference["chan_nheads"].double.squareRoot()), mixesTasks: reference["use_ctr"].bool)
  }

  @Test(arguments: [
    ("taskprompter_micro_nyud", "taskprompter_micro_nyud"),
    ("taskprompter_micro_nyud_windows", "taskprompter_micro_nyud"),
    ("taskprompter_micro_pascal_ctr", "taskprompter_micro_pascal_ctr"),
    ("taskprompter_vitT_pascal_ctr", "taskprompter_vitT_pascal_ctr"),
    ("taskprompter_micro_nyud_deconv", "taskprompter_micro_nyud_deconv"),
  ])
  func prompts(_ name: String, _ keys: String) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let shape = reference["input_shape"].ints
    let tasks = reference["tasks"].array.map(\.string)
    let store = ParameterStore(seed: 0)
    let encoder = TaskPrompter(store.root["backbone"], configuration(reference), tasks: tasks)
    let entry = reference["head"].string == "conv" ? PromptHead.convolutionEntry : PromptHead.deconvolutionEntry
    let decoders = entry.make(
      store.root.in(stage: .head),
      DecoderRequest(
        of: encoder, tasks.map { TaskOutput(task: $0, channels: reference["outputs"][$0]["shape"].ints[1]) }, reference)
    )
    store.layOut()
    #expect(store.parameterCount == reference["parameters"].int)
    try expectEntries(store, matchList: "keys_\(keys)")
    FillFormula.fill(store)
    let image = FillFormula.image(reference["input_key"].string, shape)
    let context = ForwardContext.evaluation.for(tasks: tasks)
    let maps = encoder(image, context)[0].byTask(count: tasks.count)
    if reference.has("intermediate") {
      for (task, map) in paired(tasks, maps) {
        expect(map, matches: reference["intermediate"]["backbone.0.\(task)"], "features of \(task)", tolerance: 3)
      }
    }
    let features = Features.byTask(Dictionary(uniqueKeysWithValues: maps.enumerated().map { ($0, [$1]) }))
    let outputs = decoders(features, for: Array(tasks.indices), size: (shape[2], shape[3]), context).map(\.output)
    if reference.has("losses") { expectLosses(reference, tasks, outputs) }
    expectNetwork(store, reference, image: image, outputs: Array(paired(tasks, outputs)))
  }
}
