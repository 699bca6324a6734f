import Support
import Torch

/// Images as a file of tensors holds them for a network.
enum ImageTensor {
  /// Reads the one tensor of a file.
  ///
  /// - Parameter channels: the number of channels that the images have to have; nil for any.
  /// - Throws: `FileError` for another number of tensors, and for a tensor that cannot be images.
  static func read(_ file: SafetensorsFile, channels: Int? = nil) throws -> Tensor {
    let form = "batch × \(channels.map { "\($0)" } ?? "channels") × height × width"
    guard let name = file.names.first, file.names.count == 1, let shape = file.shape(of: name) else {
      throw FileError(file.url, "holds \(file.names.count) tensors, but one is expected: \(form)")
    }
    // Before the tensor is made: a shape with a zero may have any other size, too.
    guard shape.count == 4, channels.map({ $0 == shape[1] }) ?? true, shape.allSatisfy({ $0 > 0 }) else {
      throw FileError(file.url, "'\(excerpt(name))' is \(shape), but \(form) is expected")
    }
    let images = try file.tensor(name)
    guard images.dtype.isNumeric else {
      throw FileError(file.url, "holds \(images.dtype), but images are numbers")
    }
    return images
  }
}
