import Foundation
import TestSupport
import Testing
import VisionData

/// Images of a folder in one file.
@Suite struct ImagePackTests {
  private func faces() throws -> any SampleSource {
    try DatasetResource.open(DatasetResource.url("celeba"), ["age", "gender"]).training
  }

  private func write(_ format: DatasetWriter.PictureFormat, to url: URL) throws -> DatasetFolder {
    try DatasetWriter(url, pictureFormat: format).write(
      faces(), DatasetWriter.SampleOptions(size: (height: 32, width: 24)))
    return try DatasetFolder(url)
  }

  @Test func packedImagesAreThoseOfFiles() throws {
    try withTemporaryFolder { folder in
      let packed = try write(.packed, to: folder.appendingPathComponent("packed"))
      let single = try write(.png, to: folder.appendingPathComponent("single"))
      #expect(packed.count == 3 && single.count == 3)
      for position in [2, 0, 1] {
        #expect(try packed.sample(at: position) == single.sample(at: position))
      }
      let file = packed.url.appendingPathComponent("images/all.npy")
      #expect(try Data(contentsOf: file).count == 128 + 3 * 32 * 24 * 3)
      #expect(packed.index.samples.map(\.imagePosition) == [0, 1, 2])
    }
  }

  @Test func packsThatDoNotFitAreNamed() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("packed")
      _ = try write(.packed, to: url)
      let (file, index) = (url.appendingPathComponent("images/all.npy"), url.appendingPathComponent("dataset.json"))
      let text = try String(contentsOf: index, encoding: .utf8)
      func complaint() -> String {
        do {
          _ = try DatasetFolder(url).sample(at: 2)
          return "nothing"
        } catch { return "\(error)" }
      }
      func change(_ old: String, _ new: String) throws {
        try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: index)
      }
      for number in ["3", "-1"] {
        try change("\"imagePosition\" : 2", "\"imagePosition\" : \(number)")
        #expect(complaint().contains("names the image \(number) of images/all.npy, which holds 3"), "\(complaint())")
      }
      try change("\"height\" : 32", "\"height\" : 31")
      #expect(complaint().contains("the shape [3, 32, 24, 3], but uint8 and [images, 31, 24, 3] are expected"))
      try change("images/all.npy", "../all.npy")
      #expect(complaint().contains("no path inside of the folder"))
      try change("", "")
      #expect(complaint() == "nothing")
      let bytes = try Data(contentsOf: file)
      try bytes.dropLast().write(to: file)
      #expect(complaint().contains("images/all.npy: "))
    }
  }
}
