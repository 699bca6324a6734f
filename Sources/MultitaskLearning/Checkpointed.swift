import Foundation
import Torch

/// Something whose state outlives the process: what it learned goes into the checkpoint.
public protocol Checkpointed {
  associatedtype State: Codable & Sendable = Stateless
  var state: State { get set }

  /// Whether a state from a file fits: counts, ranges, and numbers that are finite.
  func accepts(_ state: State, taskCount: Int) -> Bool

  /// What has as many elements as the network has parameters, and is no part of the state's text: tensors by name, which
  /// are saved beside it; defaults to an empty list.
  var tensors: [(name: String, tensor: Tensor)] { get }

  /// Takes tensors from a file, after the state that they belong to. Without them, what they hold begins anew.
  ///
  /// - Parameter tensors: by the names of ``tensors``.
  /// - Throws: ``MethodError`` for tensors that are missing, or do not fit the state.
  mutating func restore(tensors: [String: Tensor]) throws
}

extension Checkpointed {
  /// Nothing, unless a method says so.
  public var tensors: [(name: String, tensor: Tensor)] { [] }
  /// Takes nothing.
  public mutating func restore(tensors: [String: Tensor]) throws {}
}

/// The state of a method that learns nothing.
public struct Stateless: Codable, Sendable {
  /// The only state.
  public init() {}
}

extension Checkpointed where State == Stateless {
  /// Nothing.
  public var state: Stateless {
    get { Stateless() }
    set {}
  }
}

extension Checkpointed where State == Stateless {
  /// Nothing fits always.
  public func accepts(_ state: Stateless, taskCount: Int) -> Bool { true }
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

  /// Takes a state from a file.
  ///
  /// - Throws: ``MethodError`` for what is no state of this method, or does not fit it.
  public mutating func restoreState(_ data: Data, taskCount: Int) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let restored = try? decoder.decode(State.self, from: data), accepts(restored, taskCount: taskCount) else {
      throw MethodError("this is no state of \(type(of: self)) for \(taskCount) tasks")
    }
    state = restored
  }
}
