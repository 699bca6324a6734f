import Foundation
import Support
import TestSupport
import Testing
import VisionData

/// PNG and JPEG files of every kind that data sets have, compared with what Pillow and OpenCV read.
@Suite struct ImageFileTests {
  private let folder = Bundle.module.bundleURL.appendingPathComponent("Resources/containers")

  private func expected() throws -> Reference {
    try Reference(contentsOf: folder.appendingPathComponent("expected.json"))
  }

  private func values(_ picture: Picture) -> [Int] {
    switch picture.samples {
    case .bits8(let values): values.map { Int($0) }
    case .bits16(let values): values.map { Int($0) }
    }
  }

  private func shape(_ picture: Picture) -> [Int] {
    [picture.height, picture.width] + (picture.channels == 1 ? [] : [picture.channels])
  }

  @Test func pngSamplesAreAsStored() throws {
    let record = try expected()
    let names = record.keys.filter { $0.hasPrefix("png/") }
    #expect(names.count == 8)
    for name in names {
      let picture = try PictureReader().storedSamples(at: folder.appendingPathComponent("\(name).png"))
      #expect(shape(picture) == record[name]["shape"].ints, "\(name)")
      #expect(values(picture) == record[name]["values"].ints, "\(name)")
      #expect(picture.bitDepth == (name.contains("16") ? 16 : 8), "\(name)")
    }
  }

  /// Seen as pictures, only small numbers of bits and palettes differ from what is stored.
  @Test func pngPicturesAreAsSeen() throws {
    let record = try expected()
    for name in record.keys.filter({ $0.hasPrefix("png/") && $0 != "png/palette4" }) {
      let picture = try Picture(contentsOf: folder.appendingPathComponent("\(name).png"))
      let scale = name == "png/gray1" ? 255 : 1
      #expect(values(picture) == record[name]["values"].ints.map { $0 * scale }, "\(name)")
    }
    let colors = try Picture(contentsOf: folder.appendingPathComponent("png/palette4.png"))
    #expect(shape(colors) == [5, 7, 3])
    // As many colors as indices, in the same places.
    let indices = record["png/palette4"]["values"].ints
    let pixels = stride(from: 0, to: 105, by: 3).map { start in Array(values(colors)[start..<(start + 3)]) }
    #expect(
      Set(paired(indices, pixels).map { [$0] + $1 }).count == Set(indices).count
        && Set(pixels).count == Set(indices).count)
  }

  @Test func jpegPicturesAreWhatLibjpegGives() throws {
    let record = try expected()
    let names = record.keys.filter { $0.hasPrefix("jpeg/") }
    #expect(names.count == 4)
    for name in names {
      let picture = try Picture(contentsOf: folder.appendingPathComponent("\(name).jpg"))
      let isGray = name == "jpeg/gray"
      #expect(shape(picture) == Array(record[name]["shape"].ints.prefix(isGray ? 2 : 3)), "\(name)")
      let samples = values(picture)
      for probe in record[name]["probes"].array {
        let start = (probe[0].int * picture.width + probe[1].int) * picture.channels
        let found = Array(samples[start..<(start + picture.channels)])
        // Gray has one channel, which is all three of the colors.
        #expect(found == (isGray ? [probe[2].ints[0]] : probe[2].ints), "\(name) at \(probe.value)")
      }
    }
  }

  @Test(arguments: [
    ("bad_crc.png", "is a damaged image"), ("truncated.png", "is a damaged picture"),
    ("not_a_png.png", "is neither a PNG nor a JPEG image"), ("truncated.jpg", "is a damaged image"),
  ]) func everyBrokenFileSaysWhatIsWrong(_ name: String, _ cause: String) throws {
    let url = folder.appendingPathComponent("broken/\(name)")
    for read in [{ try PictureReader().picture(at: $0) }, { try PictureReader().storedSamples(at: $0) }] {
      #expect { try read(url) } throws: { error in
        error is FileError && "\(error)".hasPrefix("\(url.path): ")
          && ("\(error)".contains(cause) || "\(error)".contains("which does not keep values"))
      }
    }
  }
}
