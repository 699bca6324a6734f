import Foundation
import Support

/// A kind of input: how it is damaged, and how it is read.
protocol Subject {
  static var name: String { get }

  /// Makes what is needed beside the inputs, once for all processes.
  static func prepare(in folder: URL) throws

  /// - Parameter folder: for the files that are read, and what ``prepare(in:)`` made.
  init(in folder: URL) throws

  /// A damaged input.
  func input(using generator: inout SeededGenerator) -> [UInt8]

  /// Reads an input, and uses what it holds.
  ///
  /// - Throws: the error with which it is refused, or a ``Violation``.
  func read(_ input: [UInt8]) throws
}

extension Subject {
  static func prepare(in folder: URL) throws {}
}

/// Something that must not be, whatever was read.
struct Violation: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// All subjects, the quickest first: what these leave of the time is the others'.
enum Subjects {
  private static var all: [any Subject.Type] {
    [
      SafetensorsSubject.self, NPYSubject.self, NPZSubject.self, MATSubject.self, PNGSubject.self, JPEGSubject.self,
      RunLengthSubject.self, GradientsSubject.self, AffinitySubject.self, COCOSubject.self, AnnotationSubject.self,
      PublicDatasetSubject.self, DatasetSubject.self, MethodStateSubject.self, ConfigurationSubject.self,
      StudySubject.self, RunSubject.self,
    ]
  }

  static var names: [String] { all.map { $0.name } }

  private static func type(_ name: String) throws -> any Subject.Type {
    guard let type = (all + [PlantedSubject.self]).first(where: { $0.name == name }) else {
      throw Violation(unknownName("subject", name, among: names))
    }
    return type
  }

  static func prepare(_ name: String, in folder: URL) throws { try type(name).prepare(in: folder) }
  static func make(_ name: String, in folder: URL) throws -> any Subject { try type(name).init(in: folder) }
}

extension Array where Element == UInt8 {
  /// Replaces a file. Not atomically: nobody else reads it.
  func write(to url: URL) throws { try Data(self).write(to: url) }

  /// The first line as text, and what follows it.
  var firstLine: (line: String, rest: [UInt8]) {
    guard let end = firstIndex(of: UInt8(ascii: "\n")) else { return (String(decoding: self, as: UTF8.self), []) }
    return (String(decoding: self[..<end], as: UTF8.self), [UInt8](self[(end + 1)...]))
  }
}
