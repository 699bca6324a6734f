/// A layer of which a kit registers several copies, each below a place of its own and with some of the output channels.
struct LayerCopies {
  /// The name of the layer in a plain encoder, such as `layer1.0.conv1`.
  let name: String
  /// The number of output channels of the whole layer.
  let outputs: Int
  /// Where the channels lie.
  let axis: ChannelAxis
  /// Registers a copy below a place that takes the encoder's part, with some number of output channels.
  let make: (_ place: ParameterPath, _ outputs: Int) -> any Layer

  /// A convolution, each copy of which has a batch normalization of its own.
  ///
  /// - Parameters:
  ///   - root: the place of the encoder.
  ///   - path: the convolution's place in a plain encoder.
  ///   - norm: the normalization's place there.
  ///   - shape: the shape of the whole layer.
  ///   - layer: what computes the convolution of a copy; by default, it does so itself.
  init(
    below root: ParameterPath, convolution path: ParameterPath, _ norm: ParameterPath, _ shape: ConvolutionShape,
    computedBy layer: @escaping (Convolution) -> any Layer = { $0 }
  ) {
    self.init(name: path.relativeName(to: root), outputs: shape.outputs, axis: .maps) { place, outputs in
      var part = shape
      part.outputs = outputs
      return PlainKit.normalizedConvolution(
        path.moved(from: root, to: place), norm.moved(from: root, to: place), part, computedBy: layer)
    }
  }

  /// A linear layer, each copy of which has a layer normalization of its own if there is one.
  ///
  /// - Parameters:
  ///   - root: the place of the encoder.
  ///   - path: the linear layer's place in a plain encoder.
  ///   - norm: the normalization's place there; nil if the input is not normalized.
  ///   - shape: the shape of the whole layer.
  init(below root: ParameterPath, linear path: ParameterPath, _ norm: ParameterPath?, _ shape: LinearShape) {
    self.init(name: path.relativeName(to: root), outputs: shape.outputs, axis: .tokens) { place, outputs in
      var part = shape
      part.outputs = outputs
      return PlainKit.normalizedLinear(path.moved(from: root, to: place), norm?.moved(from: root, to: place), part)
    }
  }

  /// A layer of tokens of a form of its own.
  ///
  /// - Parameters:
  ///   - root: the place of the encoder.
  ///   - path: a place in a plain encoder above everything that the layer registers.
  ///   - name: the name of the layer.
  ///   - outputs: the number of output channels of the whole layer.
  ///   - make: registers a layer with some of the outputs at a path.
  init(
    below root: ParameterPath, embedding path: ParameterPath, named name: String, to outputs: Int,
    _ make: @escaping (_ path: ParameterPath, _ outputs: Int) -> any Layer
  ) {
    self.init(name: name, outputs: outputs, axis: .tokens) { make(path.moved(from: root, to: $0), $1) }
  }

  private init(
    name: String, outputs: Int, axis: ChannelAxis,
    make: @escaping (_ place: ParameterPath, _ outputs: Int) -> any Layer
  ) {
    self.name = name
    self.outputs = outputs
    self.axis = axis
    self.make = make
  }
}
