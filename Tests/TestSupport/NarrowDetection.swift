/// The robot-vision system in a size that tests can train.
public enum NarrowDetection {
  /// Settings of a configuration whose workload is `detection`: a few channels and proposals, on images of 64×64.
  public static let settings = [
    "workload.channels=8", "workload.anchorSize=8", "workload.anchorsPerImage=32", "workload.regionsPerImage=16",
    "workload.proposals=40", "data.height=64", "data.width=64",
  ]
}
