import Foundation
import Support
import VisionData

/// PNG files: of all kinds of samples, with chunks that are damaged but whose checksums are right, or with damaged bytes.
struct PNGSubject: Subject {
  static let name = "png"

  private let corpus: [PNGChunks]
  private let files: [[UInt8]]

  init(in folder: URL) throws {
    let palette: [UInt8] = (0..<12).map { $0 * 20 }
    let orientation: [UInt8] = Array("MM\0*\0\0\0\u{8}\0\u{1}\u{1}\u{12}\0\u{3}\0\0\0\u{1}\0\u{6}\0\0\0\0\0\0".utf8)
    corpus =
      try Self.encoded
      + [1, 2, 4].map { PNGChunks(width: 5, height: 3, bits: $0, color: 0) }
      + [1, 2, 4, 8].map { PNGChunks(width: 5, height: 3, bits: $0, color: 3, extra: [("PLTE", palette)]) }
      + [8, 16].map { PNGChunks(width: 4, height: 5, bits: $0, color: 4) }
      + [0, 2, 6].map { PNGChunks(width: 9, height: 10, bits: 8, color: $0, isInterlaced: true) }
      + [
        PNGChunks(width: 3, height: 3, bits: 8, color: 3, extra: [("PLTE", palette), ("tRNS", [0, 255, 3])]),
        PNGChunks(width: 3, height: 3, bits: 8, color: 2, extra: [("tRNS", [0, 1, 0, 2, 0, 3])]),
        PNGChunks(width: 3, height: 2, bits: 8, color: 0, extra: [("gAMA", [0, 0, 177, 143]), ("eXIf", orientation)]),
      ]
    files = corpus.map(\.bytes)
  }

  /// As the library writes them.
  private static var encoded: [PNGChunks] {
    get throws {
      try [1, 3, 4].flatMap { channels in
        let values = (0..<(6 * channels)).map { UInt16($0 * 3001 % 65536) }
        return try [Picture.Samples.bits8(values.map { UInt8($0 >> 8) }), .bits16(values)].map {
          PNGChunks([UInt8](try Picture(width: 2, height: 3, channels: channels, samples: $0).pngData()))
        }
      }
    }
  }

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    guard Int.random(in: 0..<4, using: &generator) > 0 else {
      return Damage.bytes(files.randomElement(using: &generator)!, others: files, using: &generator)
    }
    var chunks = corpus.randomElement(using: &generator)!
    repeat { chunks.damage(corpus, using: &generator) } while Bool.random(using: &generator)
    return chunks.bytes
  }

  func read(_ input: [UInt8]) throws {
    let (data, url) = (Data(input), URL(fileURLWithPath: "/input.png"))
    // Each way of reading by itself, so that both are tried.
    let reader = PictureReader(warn: { _, _ in })
    let stored = Result { try reader.storedSamples(data, from: url) }
    let seen = try reader.picture(data, from: url)
    _ = try PictureCheck.use(seen)
    guard try stored.get().width == seen.width else { throw Violation("a picture has two widths") }
  }
}

/// JPEG files: grey, in colors, progressive, with restart markers, with four colors.
struct JPEGSubject: Subject {
  static let name = "jpeg"

  private let corpus: [[UInt8]]

  init(in folder: URL) throws {
    let encoded = try [1, 3].flatMap { channels in
      let values = (0..<(9 * 10 * channels)).map { UInt8($0 * 37 % 256) }
      let picture = Picture(width: 9, height: 10, channels: channels, samples: .bits8(values))
      return try [10, 92].map { [UInt8](try picture.jpegData(quality: $0)) }
    }
    corpus = encoded + Self.others.map { [UInt8](Data(base64Encoded: $0)!) }
  }

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    Damage.bytes(corpus.randomElement(using: &generator)!, others: corpus, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let reader = PictureReader(warn: { _, _ in })
    _ = try PictureCheck.use(try reader.picture(Data(input), from: URL(fileURLWithPath: "/input.jpg")))
  }

  /// Written by libjpeg: progressive, with restart markers, of four colors.
  private static let others = [
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hn"
      + "Pk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"
      + "Y2P/wgARCAAKAAkDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAwAE/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAL/2gAMAwEAAhAD"
      + "EAAAAY01y//EABcQAQEBAQAAAAAAAAAAAAAAAAABESH/2gAIAQEAAQUCcRkf/8QAFREBAQAAAAAAAAAAAAAAAAAAEQD/2gAIAQMBAT8B"
      + "S//EABcRAAMBAAAAAAAAAAAAAAAAAAABAhL/2gAIAQIBAT8BdZP/xAAZEAEAAgMAAAAAAAAAAAAAAAAAMTKBosH/2gAIAQEABj8CW3Y4"
      + "h//EACAQAAEDAgcAAAAAAAAAAAAAAAEAESFR8TFhcZHB0fD/2gAIAQEAAT8hAGDBtI9aqexQiRTj7Ky2y//aAAwDAQACAAMAAAAQK//E"
      + "ABgRAAIDAAAAAAAAAAAAAAAAAADBAREx/9oACAEDAQE/ELYak//EABURAQEAAAAAAAAAAAAAAAAAABEA/9oACAECAQE/EHA3/8QAHRAB"
      + "AAICAgMAAAAAAAAAAAAAARExACFRYZGx8f/aAAgBAQABPxBxoSjTIkFRNIRdWVnXzQICJAlbPfkec+Wz/9k=",
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hn"
      + "Pk1xeXBkeFxlZ2P/wAALCAAIABgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAgH/xAAgEAEBAAEEAgMBAAAAAAAAAAACASEDBBESIjET"
      + "M2GR/90ABAAB/9oACAEBAAA/ABAdvt4KSdDUmJBdIXEmDJdRzy8peP5mf//QVBFO31SfjS5BYpNnbn6hOyPBxVcX99//0bR342+sVdQz"
      + "wDMSnB5+oTqV5YquZ+ev/9k=",
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5N"
      + "cXlwZHhcZWdj/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAEC/8QAHxAAAgICAgMBAAAAAAAAAAAAAQIR"
      + "IQMSEzEAIiNB/9oADgRDAE0AWQBLAAA/AJU4lwLvxqjpxfNZxz0AykTYWI7/AC3QTOXGq4yvEci48gZVvQzQCmiJhhqTdoYhT4qhZdNS"
      + "GOMAcihcsqdfWoNlhHVlbBU+D/FdtlxcOQh2VAGCk3uvXbG5gE36PX//2Q==",
    "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5N"
      + "cXlwZHhcZWdj/9sAQwEREhIYFRgvGhovY0I4QmNjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"
      + "/8AAFAgACAAIBAEiAAIRAQMRAQQiAP/EABUAAQEAAAAAAAAAAAAAAAAAAAAB/8QAHxAAAgICAwADAAAAAAAAAAAAAQIAIRESAyIxEyNB"
      + "/8QAFAEBAAAAAAAAAAAAAAAAAAAAA//EABoRAAICAwAAAAAAAAAAAAAAAAECABESITH/2gAOBAEAAhEDEQQAAD8Aqs55Mh9WIJJJ7j9J"
      + "PorIOQKphRaIiGz4ngiBL2DUj/Su2y8Xw8hDsqAMFJvdfPWN5wCb6PSIn//Z",
  ]
}

/// What holds of every picture that was read.
enum PictureCheck {
  static func use(_ picture: Picture) throws -> PixelMap {
    guard picture.width > 0, picture.height > 0, [1, 3, 4].contains(picture.channels) else {
      throw Violation("a picture of \(picture.height)×\(picture.width)×\(picture.channels)")
    }
    guard picture.channels != 4 else { return PixelMap(channels: 1, height: 1, width: 1, values: [0]) }
    let map = PixelMap(picture)
    guard map.values.allSatisfy({ (0...1).contains($0) }) else { throw Violation("pixels outside of 0 to 1") }
    return map
  }
}
