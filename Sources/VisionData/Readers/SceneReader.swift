import Support

extension DatasetReader {
  /// The reader of the embedded scenes.
  static let scenes = DatasetReader(
    name: "scenes", summary: "bins of simple objects, drawn from a seed, with exact ground truth",
    citation: "embedded in this software", license: "that of this software", splits: ["training", "validation"],
    needsFolder: false, recognizes: { _ in false }, tasks: { _ in Scenes.allTasks },
    open: { request in
      let tasks = Scenes.allTasks.filter { request.tasks.contains($0.name) }
      func scenes(_ seed: UInt64, _ count: Int) -> Scenes {
        Scenes(
          seed: seed, count: count, height: request.height, width: request.width, tasks: tasks,
          channels: request.channels)
      }
      var salted = SeededGenerator(keys: request.seed, validationSalt)
      return Dataset(
        tasks: Scenes.allTasks, training: scenes(request.seed, request.trainingCount),
        validation: scenes(salted.next(), request.validationCount))
    })

  /// Seeds of the two sets of scenes must differ, whatever the seed is.
  private static let validationSalt: UInt64 = 0x5EED
}
