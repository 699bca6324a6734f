import Support

/// The format of a class at each pixel: the number of the class, or 255 where it is unknown.
struct ClassFormat: MapFormat {
  let classes: [String]

  var channels: Int { classes.count }
  var mapContent: MapContent { .classes }
  var targetChannels: Int { 1 }
  var needsWords: Bool { false }

  var complaint: String? {
    // 255 stands for an unknown label, and cannot be a class.
    (1...255).contains(classes.count) ? nil : "has \(classes.count) classes, but 1 to 255 are possible"
  }

  func map(_ file: TargetFile) throws -> DenseMap {
    let wrong = file.numbers.values.first { $0 >= Float(classes.count) && $0 != TargetFile.unknownLabel }
    if let wrong {
      throw FileError(
        file.url, "holds the label \(Int(wrong)), but '\(file.task.name)' has \(classes.count) classes (255 is unknown)"
      )
    }
    return classes.count == 2 ? try file.mask(.classes) : file.labels(.classes)
  }

  func samples(of map: DenseMap) -> Picture.Samples { MaskFormat.labels(of: map) }
}
