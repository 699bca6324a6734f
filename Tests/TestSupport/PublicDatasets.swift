import Foundation

/// The files of public data sets in their true forms, which are those of the tests of VisionData.
public enum PublicDatasets {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// The recipes of the papers.
  public static let recipes = tests.deletingLastPathComponent().appendingPathComponent("Examples/recipes")

  /// The folder of a data set, such as `nyud_mt/NYUD_MT`.
  public static func folder(_ path: String) -> URL {
    tests.appendingPathComponent("VisionDataTests/Resources/datasets/\(path)")
  }
}
