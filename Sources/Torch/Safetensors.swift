import Foundation
import Support

/// The file format safetensors: a length of eight bytes, a JSON header, and the tensors' bytes.
public enum Safetensors {
  /// The format's names of element types, with the bits of one element.
  enum ElementType: String, CaseIterable {
    case bool = "BOOL"
    case u8 = "U8"
    case i8 = "I8"
    case f8e5m2 = "F8_E5M2"
    case f8e4m3 = "F8_E4M3"
    case f8e8m0 = "F8_E8M0"
    case f8e5m2fnuz = "F8_E5M2FNUZ"
    case f8e4m3fnuz = "F8_E4M3FNUZ"
    case f4 = "F4"
    case f6e2m3 = "F6_E2M3"
    case f6e3m2 = "F6_E3M2"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case c64 = "C64"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"

    /// libtorch's type; nil for floats of six bits and those without a negative zero, of which there are no tensors
    /// here.
    var dtype: DType? {
      switch self {
      case .bool: .bool
      case .u8: .uint8
      case .i8: .int8
      case .f8e5m2: .float8e5m2
      case .f8e4m3: .float8e4m3
      case .f8e8m0: .float8e8m0
      case .f4: .float4e2m1x2
      case .f6e2m3, .f6e3m2, .f8e5m2fnuz, .f8e4m3fnuz: nil
      case .i16: .int16
      case .u16: .uint16
      case .f16: .float16
      case .bf16: .bfloat16
      case .i32: .int32
      case .u32: .uint32
      case .f32: .float32
      case .c64: .complex64
      case .f64: .float64
      case .i64: .int64
      case .u64: .uint64
      }
    }

    var bitCount: Int {
      switch self {
      case .f4: 4
      case .f6e2m3, .f6e3m2: 6
      case .f8e5m2fnuz, .f8e4m3fnuz: 8
      default: dtype!.byteCount * 8
      }
    }

    init(_ dtype: DType) { self = ElementType.allCases.first { $0.dtype == dtype }! }
  }

  /// Writes tensors to a file.
  ///
  /// The file appears whole or not at all: the bytes go to a temporary file beside it, which is flushed to the disk and
  /// then takes the name. Two tensors of one name stop the process.
  ///
  /// - Parameters:
  ///   - tensors: tensors on any device, whose names differ from each other and from `__metadata__`.
  ///   - metadata: the header's `__metadata__`.
  ///   - url: the file, which is replaced if it exists.
  /// - Throws: `FileError` if the file cannot be written.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to url: URL
  ) throws {
    let names = tensors.map(\.name)
    require(
      Set(names).count == names.count && !names.contains("__metadata__"),
      "\(names) name tensors twice or '__metadata__'")
    var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
    var offset = 0
    // Wide elements first, so that every tensor lies at a multiple of its element's size.
    let ordered = tensors.enumerated().sorted {
      let (a, b) = ($0.element.tensor.dtype.byteCount, $1.element.tensor.dtype.byteCount)
      return a == b ? $0.offset < $1.offset : a > b
    }.map(\.element)
    for (name, tensor) in ordered {
      let end = offset + tensor.count * tensor.dtype.byteCount
      var shape = tensor.shape
      if tensor.dtype == .float4e2m1x2, let last = shape.last { shape[shape.count - 1] = last * 2 }
      header[name] = [
        "dtype": ElementType(tensor.dtype).rawValue, "shape": shape, "data_offsets": [offset, end],
      ]
      offset = end
    }
    var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    json.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8))

    try AtomicFile.write(to: url) { file in
      try withUnsafeBytes(of: UInt64(json.count).littleEndian) { try file.write($0) }
      try json.withUnsafeBytes { try file.write($0) }
      for (_, tensor) in ordered {
        try tensor.detached().to(.cpu).contiguous().withBytes { try file.write($0) }
      }
    }
  }
}
