import NeuralNetworks

extension TaskPrompter {
  /// The encoders of ``EncoderRegistry`` with prompts of tasks.
  public static let entries: [EncoderEntry] = [
    entry(
      "taskprompter_vit_micro", Configuration(.micro, decodedWidth: 40, outputWidth: 24, windows: 2, mixesTasks: true)),
    entry(
      "taskprompter_vit_tiny", Configuration(.tiny, decodedWidth: 96, outputWidth: 128, windows: 4, mixesTasks: true)),
    entry(
      "taskprompter_vit_base_pascal",
      Configuration(.base, decodedWidth: 780, outputWidth: 1024, windows: 4, mixesTasks: true)),
    entry(
      "taskprompter_vit_large_pascal",
      Configuration(.large, decodedWidth: 300, outputWidth: 350, windows: 1, mixesTasks: true)),
    entry(
      "taskprompter_vit_large_nyud",
      Configuration(.large, decodedWidth: 768, outputWidth: 768, windows: 4, mixesTasks: false)),
  ]

  /// Returns an entry for ``EncoderRegistry``, in whose configuration a request takes the place of the images.
  public static func entry(_ name: String, _ configuration: Configuration) -> EncoderEntry {
    let transformer = configuration.transformer
    return EncoderEntry(
      name,
      summary:
        "A vision transformer of \(transformer.depth) blocks, \(transformer.width) wide, with a prompt for each task and \(configuration.outputWidth) channels for each.",
      paper: "TaskPrompter: Spatial-Channel Multi-Task Prompting for Dense Scene Understanding, ICLR 2023",
      traits: EncoderTraits(
        sizeMultiple: transformer.patch * configuration.windows, takesOneSize: true,
        capabilities: [.taskFeatures, .stochasticDepth])
    ) { path, request, _ in
      // What tasks share is a part of the architecture, of which the kits know nothing: `NetworkPlan.check()`.
      var configuration = configuration
      configuration.transformer.adopt(request)
      return TaskPrompter(path, configuration, tasks: request.tasks)
    }
  }
}
