import Support

extension Sample {
  /// Returns the sample after a change of its image and ground truth.
  public func applying(_ change: GeometricChange) -> Sample {
    let selection = PixelSelection(change, height: image.height, width: image.width)
    return Sample(
      image: image.applying(change, selection, depthChannel: depthChannel), depthChannel: depthChannel,
      targets: targets.mapValues { $0.applying(change, selection, height: image.height, width: image.width) })
  }
}

extension Target {
  /// Returns the target after a change.
  ///
  /// - Parameters:
  ///   - change: the change.
  ///   - selection: the nearest pixels of the change of the image.
  ///   - height: the height of the image, which the target has to have.
  ///   - width: the width of the image, which the target has to have.
  fileprivate func applying(
    _ change: GeometricChange, _ selection: PixelSelection, height: Int, width: Int
  ) -> Target {
    func requireSize(_ ownHeight: Int, _ ownWidth: Int) {
      require(
        ownHeight == height && ownWidth == width,
        "a target of \(ownHeight)×\(ownWidth) belongs to an image of \(height)×\(width)")
    }
    switch self {
    case .map(let map):
      requireSize(map.height, map.width)
      return .map(map.applying(change, selection))
    case .attributes, .probabilities: return self
    case .objects(let objects):
      return .objects(
        objects.compactMap { object in
          requireSize(object.amodalMask.height, object.amodalMask.width)
          return object.applying(selection)
        })
    }
  }
}

extension DenseMap {
  /// Returns the map after a change of its image.
  public func applying(_ change: GeometricChange) -> DenseMap {
    applying(change, PixelSelection(change, height: height, width: width))
  }

  fileprivate func applying(_ change: GeometricChange, _ selection: PixelSelection) -> DenseMap {
    switch change {
    case .flip: moved(selection) { (-$0, $1) }
    case .crop: moved(selection)
    case .rotate(let degrees): moved(selection, turned: ImageRotation(degrees: degrees).turned)
    case .resize: resized(selection)
    case .scale(let factor): resized(selection).scaled(by: factor)
    }
  }

  private func moved(_ selection: PixelSelection) -> DenseMap {
    DenseMap(
      content, selection.moved(values),
      known: selection.moved(known, channels: content.maskChannels(of: channels)))
  }

  /// Returns the map with its pixels moved, and its vectors turned.
  ///
  /// - Parameters:
  ///   - selection: the nearest pixels of the change.
  ///   - turn: a function that gives a vector's x and y after the change.
  private func moved(_ selection: PixelSelection, turned turn: (Float, Float) -> (Float, Float)) -> DenseMap {
    let result = moved(selection)
    guard content == .directions else { return result }
    var vectors = result.values
    let count = vectors.height * vectors.width
    for index in 0..<count where result.isKnown(pixel: index) {
      (vectors.values[index], vectors.values[count + index]) = turn(
        vectors.values[index], vectors.values[count + index])
    }
    return DenseMap(content, vectors, known: result.known)
  }

  private func resized(_ selection: PixelSelection) -> DenseMap {
    content.survivesShrinking
      ? resizedKeepingPositives(height: selection.height, width: selection.width) : moved(selection)
  }

  private func scaled(by factor: Float) -> DenseMap {
    var scaled = values
    scaled.values = values.values.map { content.scaled($0, by: factor) }
    return DenseMap(content, scaled, known: known)
  }
}

extension ObjectAnnotation {
  /// Returns the object after a change of its image; nil if no part of it is in the image any more.
  public func applying(_ change: GeometricChange) -> ObjectAnnotation? {
    applying(PixelSelection(change, height: amodalMask.height, width: amodalMask.width))
  }

  fileprivate func applying(_ selection: PixelSelection) -> ObjectAnnotation? {
    ObjectAnnotation(
      label: label, visibleMask: selection.moved(visibleMask), amodalMask: selection.moved(amodalMask),
      isCrowd: isCrowd)
  }
}
