import Support
import VisionData

/// The data readers as text: what they read, and under which license.
public enum DatasetCatalogue {
  /// A list of all readers, with a line for each.
  public static var overview: String {
    let readers = DatasetReader.registry.entries
    return CatalogueText.section(
      "Data sets (data.dataset)", readers.map { ($0.name, $0.summary) })
      + "\n\n`polymath datasets NAME` describes one: its layouts, settings, license and publication."
  }

  /// Returns the description of a reader: forms on disk, settings, license and publication.
  ///
  /// - Throws: `RegistryError` (Support) with the nearest name if there is no such reader.
  public static func description(of name: String) throws -> String {
    let reader = try DatasetReader.registry.require(name)
    var lines = ["\(reader.name) (data set)", "  \(reader.summary)", "  publication: \(reader.citation)"]
    lines.append("  license: \(reader.license)")
    if !reader.splits.isEmpty { lines.append("  splits: \(reader.splits.joined(separator: ", "))") }
    guard reader.needsFolder else { return (lines + ["  not on disk"]).joined(separator: "\n") }
    lines.append("  layouts:")
    lines += reader.layouts.map { "    \($0.name): \($0.summary)" }
    lines.append(reader.settings.isEmpty ? "  no settings" : "  settings:")
    for setting in reader.settings {
      let choices =
        setting.choices.isEmpty
        ? "" : "; \(setting.isList ? "any" : "one") of \(setting.choices.joined(separator: ", "))"
      lines.append("    \(setting.name): \(setting.summary)\(choices)")
    }
    if let first = reader.settings.first {
      lines.append(
        "  set one by --set data.dataset.\(first.name)=…, or in a file: data: {dataset: {name: \(reader.name), \(first.name): …}}"
      )
    }
    lines.append("  look at a folder by: polymath data inspect FOLDER --dataset \(reader.name)")
    return lines.joined(separator: "\n")
  }
}
