import Synchronization

/// What a registry knows by name.
public protocol Registered: Sendable {
  /// As typed on the command line.
  var name: String { get }
  /// A shorter name that means the same, or nil.
  var alias: String? { get }
}

extension Registered {
  public var alias: String? { nil }

  fileprivate var names: [String] { [name] + (alias.map { [$0] } ?? []) }
}

/// Entries by name: those that come with the library, and those that its users add.
public final class Registry<Entry: Registered>: Sendable {
  /// What an entry is, for errors: `encoder`.
  public let title: String
  private let stored: Mutex<[Entry]>

  /// - Parameter entries: of different names.
  public init(_ title: String, _ entries: [Entry]) {
    self.title = title
    stored = Mutex([])
    for entry in entries {
      do { try add(entry) } catch { fatalError("\(error)") }
    }
  }

  /// In the order in which they were added.
  public var entries: [Entry] { stored.withLock { $0 } }

  /// Every name and alias.
  public var names: [String] { entries.flatMap(\.names) }

  /// The entry of a name or alias; nil if there is none.
  public func entry(_ name: String) -> Entry? { entries.first { $0.names.contains(name) } }

  /// - Throws: ``RegistryError`` with the nearest name if there is no such entry.
  public func require(_ name: String) throws -> Entry {
    guard let entry = entry(name) else { throw RegistryError(unknownName(title, name, among: names)) }
    return entry
  }

  /// Adds an entry, which can be had by its name from then on.
  ///
  /// - Throws: ``RegistryError`` if the name or alias is taken, or cannot be typed.
  public func add(_ entry: Entry) throws {
    try stored.withLock { entries in
      for name in entry.names {
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) else {
          throw RegistryError(
            "'\(excerpt(name))' cannot name a \(title): a name has letters, digits, '-', '_' and '.' alone")
        }
        guard !entries.contains(where: { $0.names.contains(name) }) else {
          throw RegistryError("there is a \(title) named '\(name)' already: the second one needs another name")
        }
      }
      entries.append(entry)
    }
  }
}

/// A name that a registry does not know, or that is taken.
public struct RegistryError: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ description: String) { self.description = errorText(description) }
}
