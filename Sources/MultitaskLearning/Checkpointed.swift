import Foundation

/// Something whose state outlives the process: what it learned goes into the checkpoint.
public protocol Checkpointed {
  associatedtype State: Codable & Sendable = Stateless
  var state: State { get set }
}

/// The state of a method that has none.
public struct Stateless: Codable, Sendable {
  public init() {}
}

extension Checkpointed where State == Stateless {
  public var state: Stateless {
    get { Stateless() }
    set {}
  }
}

extension Checkpointed {
  /// JSON, in which every number comes back to the bit.
  public func encodedState() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(state)
  }

  public mutating func restoreState(_ data: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    state = try decoder.decode(State.self, from: data)
  }
}
