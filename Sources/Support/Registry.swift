import Synchronization

/// An entry of a ``Registry``.
public protocol Registered: Sendable {
  /// The name by which a user asks for the entry.
  var name: String { get }
  /// A shorter name that means the same, or nil; defaults to nil.
  var alias: String? { get }
}

extension Registered {
  /// No other name.
  public var alias: String? { nil }

  fileprivate var names: [String] { [name] + (alias.map { [$0] } ?? []) }
}

/// The names of one or several registries, each of which means one entry.
public final class RegisteredNames: Sendable {
  /// From each name to the title of the registry that has it.
  private let titles = Mutex<[String: String]>([:])

  /// No names yet.
  public init() {}

  /// Takes an entry's names for a registry, all of them or none.
  fileprivate func take(_ names: [String], title: String) throws {
    try titles.withLock { titles in
      for (index, name) in names.enumerated() {
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) else {
          throw RegistryError(
            "'\(excerpt(name))' cannot be a name (\(title)): a name has letters, digits, '-', '_' and '.' alone")
        }
        if let other = titles[name] ?? (names.prefix(index).contains(name) ? title : nil) {
          throw RegistryError("the name '\(name)' is taken by another \(other): the second entry needs another name")
        }
      }
      for name in names { titles[name] = title }
    }
  }
}

/// Entries by name: those that come with the library, and those that its users add.
///
/// A registry may be read and added to from several threads.
public final class Registry<Entry: Registered>: Sendable {
  /// What errors call an entry, such as `encoder`.
  public let title: String
  private let taken: RegisteredNames
  private let stored: Mutex<[Entry]>

  /// - Parameters:
  ///   - title: what errors call an entry.
  ///   - entries: those that are there from the start, of different names.
  ///   - names: shared by registries whose names have to differ from each other, too; defaults to names of its own.
  public init(_ title: String, _ entries: [Entry], names: RegisteredNames = RegisteredNames()) {
    self.title = title
    taken = names
    stored = Mutex([])
    for entry in entries {
      do { try add(entry) } catch { fatalError("\(error)") }
    }
  }

  /// All entries, in the order in which they were added.
  public var entries: [Entry] { stored.withLock { $0 } }

  /// Every name and alias.
  public var names: [String] { entries.flatMap(\.names) }

  /// The entry of a name or alias; nil if there is none.
  public func entry(_ name: String) -> Entry? { entries.first { $0.names.contains(name) } }

  /// The entry of a name or alias.
  ///
  /// - Throws: ``RegistryError`` with the nearest name if there is no such entry.
  public func require(_ name: String) throws -> Entry {
    guard let entry = entry(name) else { throw RegistryError(unknownName(title, name, among: names)) }
    return entry
  }

  /// Adds an entry, which can be had by its name from then on.
  ///
  /// - Throws: ``RegistryError`` if the name or alias is taken, or has characters that a name cannot have.
  public func add(_ entry: Entry) throws {
    try taken.take(entry.names, title: title)
    stored.withLock { $0.append(entry) }
  }
}

extension Registry: Sequence {
  /// Goes through the entries that there are now.
  public func makeIterator() -> IndexingIterator<[Entry]> { entries.makeIterator() }
}

/// A name that a registry does not know, or that is taken.
public struct RegistryError: Error, CustomStringConvertible, Sendable {
  /// What is wrong with which name.
  public let description: String

  init(_ description: String) { self.description = errorText(description) }
}
