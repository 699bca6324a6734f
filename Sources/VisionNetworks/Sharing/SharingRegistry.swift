import MultitaskLearning
import Support

/// Every way of sharing an encoder by name. A user of the library adds another one with
/// `try SharingRegistry.shared.add(entry)`.
public enum SharingRegistry {
  /// The registry of the process.
  public static let shared = Registry<MethodEntry<any Sharing>>(
    "way of sharing",
    [
      HardSharing.entry, TaskNormalizationSharing.entry, GatedSharing.entry, StaticSharing.entry,
      CrossStitchSharing.entry, NDDRSharing.entry, AttentionSharing.entry,
      MixtureOfExpertsSharing.entry,
      CustomizedGateSharing.entry, LayeredExtractionSharing.entry, DSelectKSharing.entry, BranchingSharing.entry,
      BranchedSharing.entry, RotatedSharing.entry,
    ])
}
