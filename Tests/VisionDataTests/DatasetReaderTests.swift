import Foundation
import Support
import TestSupport
import Testing
import VisionData

/// Readers of data sets, as a package that uses this one adds them.
@Suite(.serialized) struct DatasetReaderTests {
  private func request(_ folder: URL?, _ tasks: [String] = ["edges"]) -> DatasetRequest {
    DatasetRequest(folder: folder, tasks: tasks, trainingCount: 5, validationCount: 2, height: 32, width: 48)
  }

  /// One sample, whose image is gray.
  private struct Gray: SampleSource {
    var tasks: [VisionTask] { [VisionTask("bright", .attributes(names: ["bright"]))] }
    var count: Int { 1 }
    func sample(at position: Int) -> Sample {
      Sample(
        image: PixelMap(channels: 3, height: 2, width: 2, repeating: 0.5), targets: ["bright": .attributes([false])])
    }
  }

  private static func reader(_ name: String, of file: String) -> DatasetReader {
    DatasetReader(
      name: name, summary: "gray images", citation: "nowhere", license: "any", splits: ["all"],
      recognizes: { FileManager.default.fileExists(atPath: $0.appendingPathComponent(file).path) },
      tasks: { _ in Gray().tasks }, open: { _ in Dataset(tasks: Gray().tasks, training: Gray(), validation: Gray()) })
  }

  @Test func theEmbeddedScenesNeedNoFolder() throws {
    let reader = try DatasetReader.reader(named: nil, of: nil)
    #expect(reader.name == "scenes" && !reader.needsFolder)
    #expect(try DatasetReader.reader(named: "scenes", of: nil).name == "scenes")
    let dataset = try reader.open(request(nil))
    #expect(dataset.tasks == Scenes.allTasks && dataset.training.tasks.map(\.name) == ["edges"])
    #expect(dataset.training.count == 5 && dataset.validation.count == 2)
    #expect(try dataset.training.sample(at: 0) != dataset.validation.sample(at: 0))
  }

  @Test func aFolderIsRecognized() throws {
    try withTemporaryFolder { parent in
      let url = parent.appendingPathComponent("set")
      try DatasetWriter(url).write(Scenes(seed: 1, count: 4, height: 32, width: 48))
      let reader = try DatasetReader.reader(named: nil, of: url)
      #expect(reader.name == "folder")
      let dataset = try reader.open(request(url))
      #expect(dataset.training.count == 2 && dataset.validation.count == 2)
      #expect(try dataset.validation.sample(at: 1).targets.keys.sorted() == ["edges"])
      #expect(try reader.tasks(request(url)) == Scenes.allTasks)
    }
  }

  /// Both folders have as many samples as are asked for, and a note says what is left out.
  @Test func countsAreLimitsOfBothFolders() throws {
    try withTemporaryFolder { parent in
      let (url, other) = (parent.appendingPathComponent("set"), parent.appendingPathComponent("other"))
      try DatasetWriter(url).write(Scenes(seed: 1, count: 6, height: 32, width: 48))
      try DatasetWriter(other).write(Scenes(seed: 2, count: 3, height: 32, width: 48))
      var request = request(url)
      request.validationFolder = other
      let reader = try DatasetReader.reader(named: nil, of: url)
      let limited = try reader.open(request)
      #expect(limited.training.count == 5 && limited.validation.count == 2)
      let first = try DatasetFolder(other, tasks: ["edges"]).sample(at: 0)
      #expect(try limited.validation.sample(at: 0) == first)
      #expect(
        limited.note
          == "of 6 samples to train on, 5 are used (data.trainingCount); of 3 samples to evaluate on, 2 are used (data.validationCount)"
      )
      (request.trainingCount, request.validationCount) = (100, 100)
      let all = try reader.open(request)
      #expect(all.training.count == 6 && all.validation.count == 3 && all.note == nil)
      // One folder: its last samples are those to validate on.
      (request.validationFolder, request.trainingCount, request.validationCount) = (nil, 3, 2)
      #expect(try reader.open(request).note == "of 4 samples to train on, 3 are used (data.trainingCount)")
    }
  }

  @Test func aFolderReaderWithoutAFolderIsAnError() throws {
    let reader = try DatasetReader.reader(named: "folder", of: nil)
    for body in [{ _ = try reader.open(request(nil)) }, { _ = try reader.tasks(request(nil)) }] {
      #expect(performing: body, throws: { "\($0)".contains("'folder' reads a folder, but the request names none") })
    }
  }

  @Test func whatNoReaderKnowsNamesTheReaders() throws {
    try withTemporaryFolder { url in
      #expect { try DatasetReader.reader(named: nil, of: url) } throws: {
        "\($0)".contains("is not a data set that a reader recognizes")
          && "\($0)".contains("folder (a folder with an index")
      }
      #expect { try DatasetReader.reader(named: "foldr", of: url) } throws: {
        "\($0)".contains("unknown data reader 'foldr'. Did you mean 'folder'?")
      }
    }
  }

  @Test func usersAddReaders() throws {
    let name = "gray-\(UInt32.random(in: 0 ... .max))"
    try DatasetReader.registry.add(Self.reader(name, of: "\(name).txt"))
    try withTemporaryFolder { url in
      try Data().write(to: url.appendingPathComponent("\(name).txt"))
      let reader = try DatasetReader.reader(named: nil, of: url)
      #expect(reader.name == name && reader.splits == ["all"] && reader.license == "any")
      #expect(try reader.open(request(url)).training.sample(at: 0).targets == ["bright": .attributes([false])])
      // One that is a data set folder, too, is not guessed.
      try DatasetWriter(url.appendingPathComponent("set")).write(Scenes(seed: 1, count: 1, height: 32, width: 48))
      let both = url.appendingPathComponent("set")
      try Data().write(to: both.appendingPathComponent("\(name).txt"))
      #expect { try DatasetReader.reader(named: nil, of: both) } throws: {
        "\($0)".contains("is recognized by several data readers: data.dataset has to name one of folder, \(name)")
      }
      #expect(try DatasetReader.reader(named: "folder", of: both).name == "folder")
    }
    #expect { try DatasetReader.registry.add(Self.reader(name, of: "other")) } throws: {
      "\($0)".contains("the name '\(name)' is taken by another data reader")
    }
    #expect { try DatasetReader.registry.add(Self.reader("scenes", of: "other")) } throws: {
      "\($0)".contains("the name 'scenes' is taken by another data reader")
    }
  }
}
