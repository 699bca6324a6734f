import NeuralNetworks
import Support
import Torch

/// Maps of one width at all resolutions, each of which knows the coarser ones: the part of a feature pyramid above an
/// encoder.
///
/// A 1×1 convolution brings each map to the pyramid's width. From the coarsest on, each is enlarged to the size of the next
/// finer one, by nearest neighbors, and added to it. A 3×3 convolution gives the pyramid's map. There is no normalization
/// and no activation, and all tasks share the convolutions.
///
/// - Source: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017, section 3; the initial values are those
///   of torchvision and Detectron2, which keep the variance.
public struct TopDownPyramid {
  private let projections: [SharedLayer]
  private let outputs: [SharedLayer]

  /// Registers the 1×1 convolutions of all maps, then the 3×3 convolutions.
  ///
  /// - Parameters:
  ///   - channels: the channels of each map, finest first.
  ///   - width: the channels of every map of the pyramid.
  ///   - projectionPath: returns where the 1×1 convolution of a map is registered, by the map's position.
  ///   - outputPath: returns where the 3×3 convolution of a map is registered, by the map's position.
  public init(
    from channels: [Int], width: Int, projectionPath: (Int) -> ParameterPath, outputPath: (Int) -> ParameterPath
  ) {
    func convolution(_ path: ParameterPath, from inputs: Int, kernel: Int) -> SharedLayer {
      let bound = (3 / Double(inputs * kernel * kernel)).squareRoot()
      return SharedLayer(
        Convolution(path, from: inputs, to: width, kernel: kernel, weight: .uniform(bound: bound), bias: .zeros))
    }
    projections = channels.enumerated().map { convolution(projectionPath($0), from: $1, kernel: 1) }
    outputs = channels.indices.map { convolution(outputPath($0), from: width, kernel: 3) }
  }

  /// Returns the pyramid's maps, of the sizes of the given ones.
  ///
  /// - Parameters:
  ///   - maps: batch × channels × height × width of each map, finest first.
  ///   - context: whether the network is in training.
  public func callAsFunction(_ maps: [Streams], _ context: ForwardContext) -> [Streams] {
    require(maps.count == projections.count, "a pyramid over \(projections.count) maps got \(maps.count)")
    var coarser: Streams?
    var pyramid: [Streams] = []
    for ((map, projection), output) in zip(zip(maps, projections), outputs).reversed() {
      let own = projection(map, context)
      let sum = coarser.map { Streams.combinedChannels([own, $0], Self.sum) } ?? own
      pyramid.append(output(sum, context))
      coarser = sum
    }
    return pyramid.reversed()
  }

  /// The sum of two maps at the size of the first.
  private static func sum(_ maps: [Tensor]) -> Tensor {
    maps[0] + maps[1].resized(height: maps[0].shape[2], width: maps[0].shape[3], .nearest)
  }
}
