import MultitaskLearning
import Support

/// Every way of sharing an encoder by name. A user of the library adds an own one: `try SharingRegistry.shared.add(entry)`.
public enum SharingRegistry {
  public static let shared = Registry<MethodEntry<any Sharing>>(
    "way of sharing", [HardSharing.entry, TaskNormalizationSharing.entry])
}
