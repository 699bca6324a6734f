import Experiments
import MultitaskLearning
import VisionData
import VisionNetworks

/// Makes the parts of this package known by their names, as those of the library are.
///
/// - Throws: `RegistryError` if a name is taken.
public func registerOwnParts() throws {
  try MethodRegistry.aggregators.add(EqualLengths.entry)
  try MethodRegistry.weightings.add(LargestFirst.entry)
  try MethodRegistry.schedules.add(OneTaskAStep.entry)
  try EncoderRegistry.shared.add(Pyramid.entry)
  try DecoderRegistry.shared.add(TalkingHeads.entry)
  try DatasetReader.registry.add(Stripes.reader)
  try WorkloadRegistry.shared.add(BoxWorkload.entry)
}
