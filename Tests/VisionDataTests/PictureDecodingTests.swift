import Foundation
import Support
import Synchronization
import TestSupport
import Testing
import VisionData

/// Every way in which a PNG or JPEG file can hold a picture.
@Suite struct PictureDecodingTests {
  private let url = URL(fileURLWithPath: "/some/file")

  private func resource(_ name: String) throws -> Data {
    try Data(contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/\(name)"))
  }

  private func values(_ picture: Picture) -> [Int] {
    switch picture.samples {
    case .bits8(let values): values.map { Int($0) }
    case .bits16(let values): values.map { Int($0) }
    }
  }

  /// 5 × 11 numbers of some bits, all that there are.
  private func gray(_ bits: Int) -> RawPNG {
    RawPNG(height: 5, width: 11, bits: bits, samples: (0..<55).map { $0 * 1201 % (1 << bits) })
  }

  // MARK: Stored samples

  @Test(arguments: [1, 2, 4, 8, 16], [false, true])
  func storedSamplesAreTheFilesNumbers(_ bits: Int, _ isInterlaced: Bool) throws {
    var file = gray(bits)
    file.isInterlaced = isInterlaced
    let picture = try PictureReader().storedSamples(file.data, from: url)
    #expect(picture.height == 5 && picture.width == 11 && picture.channels == 1)
    #expect(values(picture) == file.samples)
    // A picture shows them over the whole range.
    let shown = try PictureReader().picture(file.data, from: url)
    let range = bits == 16 ? 65535 : 255
    #expect(values(shown) == file.samples.map { $0 * range / ((1 << bits) - 1) })
  }

  @Test(arguments: [1, 2, 4, 8])
  func palettesGiveIndicesOrColors(_ bits: Int) throws {
    var file = gray(bits)
    file.color = .palette
    file.palette = (0..<(1 << bits)).map { [UInt8($0), UInt8(255 - $0), 7] }
    let stored = try PictureReader().storedSamples(file.data, from: url)
    #expect(stored.channels == 1 && values(stored) == file.samples)
    let shown = try PictureReader().picture(file.data, from: url)
    #expect(shown.channels == 3 && values(shown) == file.samples.flatMap { [$0, 255 - $0, 7] })
    // With transparency, pictures have a fourth channel, and labels still have one.
    file.chunks = [("tRNS", [0])]
    #expect(try PictureReader().picture(file.data, from: url).channels == 4)
    #expect(try PictureReader().storedSamples(file.data, from: url) == stored)
  }

  @Test(arguments: [8, 16])
  func grayLosesItsAlpha(_ bits: Int) throws {
    let file = RawPNG(height: 1, width: 2, color: .grayAlpha, bits: bits, samples: [3, 0, 200, 9])
    for picture in [
      try PictureReader().picture(file.data, from: url), try PictureReader().storedSamples(file.data, from: url),
    ] { #expect(picture.channels == 1 && picture.bitDepth == bits && values(picture) == [3, 200]) }
  }

  @Test func jpegKeepsNoStoredSamples() throws {
    let data = try resource("plain.jpg")
    #expect { try PictureReader().storedSamples(data, from: url) } throws: {
      "\($0)".contains("/some/file: is a JPEG image")
    }
  }

  // MARK: Orientation

  /// Exif data with an orientation.
  private func exif(_ orientation: Int, isLittleEndian: Bool) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      let bytes = (0..<size).map { UInt8(value >> (8 * $0) & 255) }
      return isLittleEndian ? bytes : bytes.reversed()
    }
    // Behind another entry.
    let entries =
      number(0x0100, 2) + number(3, 2) + number(1, 4) + number(5, 2) + number(0, 2)
      + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + number(0, 2)
    return Array((isLittleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(2, 2) + entries
      + number(0, 4)
  }

  /// What each orientation makes of the rows 1 2 3 and 4 5 6.
  private static let turned: [Int: (width: Int, samples: [Int])] = [
    0: (3, [1, 2, 3, 4, 5, 6]), 1: (3, [1, 2, 3, 4, 5, 6]), 2: (3, [3, 2, 1, 6, 5, 4]), 3: (3, [6, 5, 4, 3, 2, 1]),
    4: (3, [4, 5, 6, 1, 2, 3]), 5: (2, [1, 4, 2, 5, 3, 6]), 6: (2, [4, 1, 5, 2, 6, 3]), 7: (2, [6, 3, 5, 2, 4, 1]),
    8: (2, [3, 6, 2, 5, 1, 4]), 9: (3, [1, 2, 3, 4, 5, 6]),
  ]

  @Test(arguments: 0...9, [false, true])
  func pngStandsUpright(_ orientation: Int, _ isLittleEndian: Bool) throws {
    var file = RawPNG(height: 2, width: 3, samples: [1, 2, 3, 4, 5, 6])
    file.chunks = [("tEXt", Array("a\0b".utf8)), ("eXIf", exif(orientation, isLittleEndian: isLittleEndian))]
    let expected = Self.turned[orientation]!
    for picture in [
      try PictureReader().picture(file.data, from: url), try PictureReader().storedSamples(file.data, from: url),
    ] { #expect(picture.width == expected.width && values(picture) == expected.samples) }
  }

  /// JPEG data with an Exif segment behind another one.
  private func jpeg(_ data: Data, exif: [UInt8]) -> Data {
    func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
      [0xFF, 0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)] + content
    }
    return Data([0xFF, 0xD8] + segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8)))
      + segment(0xE1, Array("Exif\0\0".utf8) + exif) + data.dropFirst(2)
  }

  @Test(arguments: 1...8, [false, true])
  func jpegStandsUpright(_ orientation: Int, _ isLittleEndian: Bool) throws {
    let plain = try PictureReader().picture(resource("plain.jpg"), from: url)
    let data = jpeg(try resource("plain.jpg"), exif: exif(orientation, isLittleEndian: isLittleEndian))
    let picture = try PictureReader().picture(data, from: url)
    // The same rule as that of PNG, which is compared with numbers above.
    var file = RawPNG(height: plain.height, width: plain.width, color: .rgb, samples: values(plain))
    file.chunks = [("eXIf", exif(orientation, isLittleEndian: true))]
    #expect(try picture == PictureReader().picture(file.data, from: url))
  }

  @Test func aCameraHeldUprightGivesAPortrait() throws {
    let (stored, shown) = (
      try Picture(resource("plain.jpg"), from: url), try Picture(resource("orientation-6.jpg"), from: url)
    )
    #expect(stored.height == 32 && stored.width == 64 && shown.height == 64 && shown.width == 32)
    let (before, after) = (values(stored), values(shown))
    try #require(before.count == after.count)
    var differences = 0
    for row in 0..<64 {
      for column in 0..<32 {
        for channel in 0..<3
        where after[(row * 32 + column) * 3 + channel] != before[((31 - column) * 64 + row) * 3 + channel] {
          differences += 1
        }
      }
    }
    #expect(differences == 0)
  }

  @Test func exifOfAnyBytesIsRead() throws {
    var generator = SeededGenerator(seed: 7)
    let (png, plain) = (RawPNG(height: 2, width: 3, samples: [1, 2, 3, 4, 5, 6]), try resource("plain.jpg"))
    for _ in 0..<500 {
      var bytes = exif(6, isLittleEndian: .random(using: &generator))
      for _ in 0..<4 { bytes[.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator) }
      bytes = Array(bytes.prefix(.random(in: 0...bytes.count, using: &generator)))
      var file = png
      file.chunks = [("eXIf", bytes)]
      #expect(try values(Picture(file.data, from: url)).sorted() == [1, 2, 3, 4, 5, 6])
      #expect(try values(Picture(jpeg(plain, exif: bytes), from: url)).count == 32 * 64 * 3)
    }
  }

  // MARK: Damage

  @Test func extraBytesAreAWarning() throws {
    let warnings = Mutex<[String]>([])
    let reader = PictureReader { file, warning in warnings.withLock { $0.append("\(file.path): \(warning)") } }
    let picture = try reader.picture(resource("extraneous.jpg"), from: url)
    #expect(picture.channels == 3 && picture.width > 0)
    let told = warnings.withLock { $0 }
    #expect(told.count == 1 && told[0].contains("/some/file") && told[0].contains("extraneous bytes"), "\(told)")
    _ = try reader.picture(resource("plain.jpg"), from: url)
    #expect(warnings.withLock { $0.count } == 1)
  }

  @Test func missingBytesAreAnError() throws {
    for name in ["plain.jpg", "extraneous.jpg"] {
      let data = try resource(name)
      for length in 3..<data.count {
        #expect(throws: FileError.self, "\(name), \(length) bytes") {
          try PictureReader { _, _ in }.picture(data.prefix(length), from: url)
        }
      }
    }
  }

  @Test func inksAreNamed() throws {
    #expect { try Picture(resource("cmyk.jpg"), from: url) } throws: {
      "\($0)".contains("/some/file: is an image of a kind that is not read") && "\($0)".contains("CMYK")
    }
  }

  @Test func picturesWithoutPixelsAreErrors() throws {
    for (height, width) in [(0, 4), (4, 0)] {
      let file = RawPNG(height: height, width: width, samples: [])
      #expect { try Picture(file.data, from: url) } throws: { "\($0)".contains("is a damaged image") }
      #expect { try Picture(jpegClaiming(height: height, width: width), from: url) } throws: {
        "\($0)".contains("is a damaged image")
      }
    }
  }

  /// A file whose header says another size.
  private func jpegClaiming(height: Int, width: Int) throws -> Data {
    var bytes = [UInt8](try resource("plain.jpg"))
    let frame = try #require(
      bytes.indices.dropLast(9).first { bytes[$0] == 0xFF && (0xC0...0xC2).contains(bytes[$0 + 1]) })
    for (offset, value) in [(5, height), (7, width)] {
      bytes[frame + offset] = UInt8(value >> 8)
      bytes[frame + offset + 1] = UInt8(value & 255)
    }
    return Data(bytes)
  }

  @Test func largePicturesAreRefusedByTheirHeader() throws {
    // Large enough for what it claims: only the limit stands against it.
    var png = RawPNG(height: 30000, width: 30000, samples: [])
    png.chunks = [("zeRo", [UInt8](repeating: 0, count: 200_000))]
    let zeros = Data(count: 200_000)
    let start = ContinuousClock.now
    for data in [png.data, try jpegClaiming(height: 30000, width: 30000) + zeros] {
      for limit in [PictureReader.defaultPixelLimit, 899_999_999] {
        #expect { try PictureReader(pixelLimit: limit).picture(data, from: url) } throws: {
          "\($0)".contains("/some/file: is 30000×30000, more than the limit of \(limit) pixels")
        }
      }
    }
    #expect { try PictureReader().storedSamples(png.data, from: url) } throws: {
      "\($0)".contains("more than the limit")
    }
    #expect(ContinuousClock.now - start < .seconds(2))
    // A file that cannot hold what it claims is damaged, whatever the limit.
    png.chunks = []
    for data in [png.data, try jpegClaiming(height: 30000, width: 30000)] {
      #expect { try PictureReader(pixelLimit: .max).picture(data, from: url) } throws: {
        "\($0)".contains("is a damaged image: its header says 30000×30000")
      }
    }
    // The limit itself is allowed.
    #expect(try PictureReader(pixelLimit: 32 * 64).picture(resource("plain.jpg"), from: url).width == 64)
    #expect(throws: FileError.self) {
      try PictureReader(pixelLimit: 32 * 64 - 1).picture(resource("plain.jpg"), from: url)
    }
  }

  /// Damaged files give back what was allocated for them.
  @Test func damagedPicturesLeaveNoMemory() throws {
    func residentBytes() throws -> Int {
      let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
      return Int(fields[1])! * 4096
    }
    let side = 512
    let noise = FillFormula.unit("leak", count: side * side * 3).map { UInt8(($0 + 1) * 127) }
    let picture = Picture(width: side, height: side, channels: 3, samples: .bits8(noise))
    let files = [try picture.pngData(), try picture.jpegData()].map { $0.prefix($0.count - 100) }
    func decode(_ times: Int) {
      for _ in 0..<times { for file in files { #expect(throws: FileError.self) { try Picture(file, from: url) } } }
    }
    decode(10)
    let before = try residentBytes()
    decode(200)
    // A picture lost each time would be 300 MB.
    #expect(try residentBytes() - before < 100_000_000)
  }

  @Test func changedFilesAreReadOrRefused() throws {
    var generator = SeededGenerator(seed: 3)
    var interlaced = gray(4)
    interlaced.isInterlaced = true
    for original in [interlaced.data, try resource("plain.jpg"), try resource("cmyk.jpg")] {
      for _ in 0..<300 {
        var data = original
        for _ in 0..<3 {
          data[.random(in: 0..<data.count, using: &generator)] = .random(in: 0...255, using: &generator)
        }
        _ = try? PictureReader { _, _ in }.picture(data, from: url)
        _ = try? PictureReader { _, _ in }.storedSamples(data, from: url)
      }
    }
  }
}
