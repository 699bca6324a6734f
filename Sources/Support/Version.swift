/// The version of the library and of the command.
public enum Version {
  /// Semantic: major.minor.patch.
  public static let current = "0.2.0"
}
