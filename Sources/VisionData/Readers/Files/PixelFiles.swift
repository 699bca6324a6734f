import Foundation
import ScientificFiles
import Support

/// Reads files that hold numbers for every pixel of an image, and checks that they fit it.
struct PixelFiles: Sendable {
  let pictures: PictureReader

  init(_ request: DatasetRequest) { pictures = PictureReader(pixelLimit: request.pixelLimit) }

  /// Reads an image as three channels of colors from 0 to 1.
  func image(_ url: URL) throws -> PixelMap { PixelMap(try pictures.picture(at: url)) }

  /// Reads a PNG or JPEG file as bytes of red, green and blue, for ground truth that was stored as colors.
  func colors(_ url: URL, like size: ImageSize) throws -> PixelFile {
    let picture = try pictures.picture(at: url)
    guard picture.channels >= 3, picture.bitDepth == 8 else {
      throw FileError(
        url, "has \(picture.channels) channels of \(picture.bitDepth) bits, but three of 8 bits are expected")
    }
    return PixelFile(url: url, numbers: try fitting(PixelMap(samplesOf: picture, channels: 3), url, size))
  }

  /// Reads the numbers of a PNG file as they are stored; of a file with a palette, the palette's indices.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - channels: the number of channels that are read; the file may have more if it has to have three.
  ///   - bits: the bits that a number has to have; nil if it may have any.
  ///   - size: the size of the image.
  func stored(_ url: URL, channels: Int = 1, bits: Int? = nil, like size: ImageSize) throws -> PixelFile {
    let picture = try pictures.storedSamples(at: url)
    guard picture.channels == channels || (channels == 3 && picture.channels == 4) else {
      throw FileError(url, "has \(picture.channels) channels, but \(channels) are expected")
    }
    guard bits == nil || picture.bitDepth == bits else {
      throw FileError(url, "has \(picture.bitDepth) bits a number, but \(bits!) are expected")
    }
    return PixelFile(url: url, numbers: try fitting(PixelMap(samplesOf: picture, channels: channels), url, size))
  }

  /// Reads an array of NumPy, rows × columns, or rows × columns × channels.
  func npy(_ url: URL, channels: Int = 1, like size: ImageSize? = nil) throws -> PixelFile {
    try map(NPYFile(contentsOf: url).array(), url, "the array", channels: channels, like: size)
  }

  /// Reads a variable of a MATLAB file, rows × columns.
  func mat(_ url: URL, _ variable: String, like size: ImageSize) throws -> PixelFile {
    try map(MATFile(contentsOf: url).array(variable), url, "the variable '\(variable)'", channels: 1, like: size)
  }

  private func map(
    _ array: NumericArray, _ url: URL, _ what: String, channels: Int, like size: ImageSize?
  ) throws -> PixelFile {
    let shape = array.shape
    let isPlane = channels == 1 && shape.count == 2
    guard isPlane || (shape.count == 3 && shape[2] == channels), !shape.contains(0) else {
      let expected = channels == 1 ? "rows × columns" : "rows × columns × \(channels)"
      throw FileError(url, "\(what) has the shape \(shape), but \(expected) is expected")
    }
    let (height, width) = (shape[0], shape[1])
    guard height * width <= pictures.pixelLimit else {
      throw FileError(
        url, "is \(height)×\(width), more than the limit of \(pictures.pixelLimit) pixels (data.pixelLimit)")
    }
    let source = array.floats()
    if let place = source.firstIndex(where: { !$0.isFinite }) {
      let pixel = place / channels
      throw FileError(
        url,
        "\(what) holds \(source[place]) at row \(pixel / width), column \(pixel % width): finite numbers are expected")
    }
    var numbers = PixelMap(channels: channels, height: height, width: width)
    for pixel in 0..<(height * width) {
      for channel in 0..<channels {
        numbers.values[channel * height * width + pixel] = source[pixel * channels + channel]
      }
    }
    return PixelFile(url: url, numbers: try size.map { try fitting(numbers, url, $0) } ?? numbers)
  }

  private func fitting(_ map: PixelMap, _ url: URL, _ size: ImageSize) throws -> PixelMap {
    guard ImageSize(map) == size else {
      throw FileError(url, "is \(ImageSize(map)), but its image is \(size): both have to be of one size")
    }
    return map
  }
}

extension PixelMap {
  /// Creates a map of the first channels of an image's samples, as they are.
  init(samplesOf picture: Picture, channels: Int) {
    let values =
      switch picture.samples {
      case .bits8(let samples): picture.planes(samples, channels: channels) { Float($0) }
      case .bits16(let samples): picture.planes(samples, channels: channels) { Float($0) }
      }
    self.init(channels: channels, height: picture.height, width: picture.width, values: values)
  }
}
