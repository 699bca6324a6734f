import NeuralNetworks
import Support
import Torch

/// An encoder that images pass in steps, behind each of which tasks with an encoder of their own may exchange maps, as
/// cross-stitch units do.
///
/// A step may have several maps, as the branches of an ``HRNet``, and leave behind what a later one needs, as the pooling
/// of a ``SegNet``.
public protocol SteppedEncoder: Encoder {
  /// The steps in order, the first of which takes the images.
  var steps: [EncoderStep] { get }

  /// Returns the feature maps from the outputs of all steps.
  func features(ofSteps outputs: [StepMaps], _ context: ForwardContext) -> [Streams]
}

extension SteppedEncoder {
  /// Returns the feature maps of some images, which pass the steps one after another.
  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    var maps = StepMaps([Streams(images)])
    let outputs = steps.map { step in
      maps = step(maps, context)
      return maps
    }
    return features(ofSteps: outputs, context)
  }
}

extension Encoder {
  /// The encoder as one that is passed in steps; another one stops the process.
  var stepped: any SteppedEncoder {
    guard let stepped = self as? any SteppedEncoder else {
      fatalError("\(type(of: self)) is no `SteppedEncoder`, though its traits say that it has steps")
    }
    return stepped
  }
}

/// A part of an encoder between two points at which tasks may exchange maps.
public struct EncoderStep {
  /// The name of the step, by which parameters behind it are called, such as `layer1`.
  public let name: String
  /// The number of channels of each map that leaves the step.
  public let channels: [Int]
  /// Whether the step is what comes before an encoder's first blocks.
  public let isStem: Bool
  private let body: (StepMaps, ForwardContext) -> StepMaps

  /// Creates a step.
  ///
  /// - Parameters:
  ///   - name: the name of the step.
  ///   - channels: the number of channels of each map that leaves the step.
  ///   - isStem: whether the step is what comes before an encoder's first blocks.
  ///   - body: returns the maps that leave the step, from those that enter it.
  public init(
    _ name: String, channels: [Int], isStem: Bool = false, body: @escaping (StepMaps, ForwardContext) -> StepMaps
  ) {
    self.name = name
    self.channels = channels
    self.isStem = isStem
    self.body = body
  }

  /// Creates a step of layers that one map passes.
  init(_ name: String, channels: Int, isStem: Bool = false, _ layers: [any StreamLayer]) {
    self.init(name, channels: [channels], isStem: isStem) { maps, context in maps.passing(layers, context) }
  }

  /// Returns the maps that leave the step.
  public func callAsFunction(_ input: StepMaps, _ context: ForwardContext) -> StepMaps { body(input, context) }
}

/// What passes from one step of an encoder to the next.
public struct StepMaps {
  /// The maps, which tasks may exchange; finest first.
  public var maps: [Streams]
  /// The places from which values were pooled, and to which none has been put back so far; they stay a task's own.
  private var places: [PooledPlaces] = []

  /// Creates maps of which none was pooled.
  public init(_ maps: [Streams]) { self.maps = maps }

  /// The one map; several stop the process.
  var only: Streams {
    require(maps.count == 1, "there are \(maps.count) maps where there has to be one")
    return maps[0]
  }

  /// Returns what is left when the one map has passed some layers.
  func passing(_ layers: [any StreamLayer], _ context: ForwardContext) -> StepMaps {
    replacing(layers.reduce(only) { $1($0, context) })
  }

  /// Returns the largest values of every 2 × 2 window of the one map, whose places are kept.
  func pooled() -> StepMaps {
    let map = only
    let (values, indices) = map.mapChannels { map in
      let pooled = map.maxPooledWithIndices(kernel: 2, stride: 2)
      return (pooled.values, pooled.indices)
    }
    var result = replacing(values)
    result.places.append(PooledPlaces(indices: indices, height: map.size(ofAxis: 2), width: map.size(ofAxis: 3)))
    return result
  }

  /// Returns the values of the one map at the places of the last pooling whose values have not been put back, with zeros
  /// elsewhere. If there is none, the process stops.
  func unpooled() -> StepMaps {
    var result = self
    guard let place = result.places.popLast() else { fatalError("nothing was pooled that could be put back") }
    result.maps = [
      Streams.combinedChannels([only, place.indices]) {
        $0[0].maxUnpooled($0[1], height: place.height, width: place.width)
      }
    ]
    return result
  }

  private func replacing(_ map: Streams) -> StepMaps {
    var copy = self
    copy.maps = [map]
    return copy
  }
}

/// The places in a larger map from which values were pooled.
private struct PooledPlaces {
  let indices: Streams
  let height: Int
  let width: Int
}
