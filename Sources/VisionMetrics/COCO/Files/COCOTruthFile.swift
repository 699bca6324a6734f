import Foundation
import Support

/// The ground truth of a data set: an object with `images`, `categories` and `annotations`.
package struct COCOTruthFile: Sendable {
  /// An image as the file has it.
  package struct Image: Sendable {
    package let id: Int
    /// Rows and columns of pixels; nil if the file does not tell.
    package let size: (height: Int, width: Int)?
    /// The path of the image; nil if the file does not tell.
    package let file: String?
    /// The path of the depth that belongs to the image; nil if there is none.
    package let depthFile: String?
  }

  let text: COCOText
  /// In rising order of their numbers.
  package let images: [Image]
  package let categories: Set<Int>
  /// The names of the categories by number; a category without one is not in it.
  package let categoryNames: [Int: String]
  package let annotations: [COCORecord]
  private let positions: [Int: Int]

  static let field = "annotations"

  /// - Throws: `FileError` with the file and the entry that is wrong.
  package init(contentsOf url: URL) throws {
    let text = try COCOText(contentsOf: url)
    self.text = text
    var (images, categories, annotations): ([Image]?, [Category]?, [COCORecord]?)
    do {
      try text.scan { scanner in
        guard scanner.nextKind() != .list else {
          throw FileError(url, "is a list: ground truth is an object of lists, and a list holds detections")
        }
        try scanner.readObject { scanner, field in
          switch field {
          case "images": images = try text.readList(field, &scanner) { try Image(&$0) }
          case "categories": categories = try text.readList(field, &scanner) { try Category(&$0) }
          case Self.field: annotations = try text.readList(field, &scanner) { try COCORecord(&$0) }
          default: try scanner.skipValue()
          }
        }
        try scanner.finish()
      }
    } catch let failure as JSONScanner.Failure {
      throw FileError(url, "is no ground truth in COCO's format: \(failure)")
    }
    guard let images, let categories, let annotations else {
      let missing = [("images", images == nil), ("categories", categories == nil), (Self.field, annotations == nil)]
      let names = missing.filter(\.1).map { "'\($0.0)'" }.joined(separator: " and ")
      throw FileError(url, "has no \(names): ground truth is an object with 'images', 'categories' and 'annotations'")
    }
    try Self.requireDistinct(images.map(\.id), "images", text)
    try Self.requireDistinct(categories.map(\.id), "categories", text)
    try Self.requireDistinct(annotations.map(\.id), Self.field, text)
    self.images = images.sorted { $0.id < $1.id }
    self.categories = Set(categories.map(\.id))
    categoryNames = Dictionary(
      uniqueKeysWithValues: categories.compactMap { category in category.name.map { (category.id, $0) } })
    self.annotations = annotations
    positions = Dictionary(uniqueKeysWithValues: self.images.enumerated().map { ($1.id, $0) })
    try checkAnnotations()
  }

  /// The position of an image by its number; nil if there is no such image.
  func position(ofImage id: Int) -> Int? { positions[id] }

  /// Entries without a number are distinct.
  private static func requireDistinct(_ ids: [Int?], _ field: String, _ text: COCOText) throws {
    var places: [Int: Int] = [:]
    for case (let index, let id?) in ids.enumerated() {
      guard let other = places.updateValue(index, forKey: id) else { continue }
      throw FileError(
        text.url,
        "\(COCOText.place(field, index)) has the id \(id), which \(COCOText.place(field, other)) has too")
    }
  }

  private func checkAnnotations() throws {
    for (index, annotation) in annotations.enumerated() {
      try text.naming(COCOText.place(Self.field, index)) {
        guard let image = annotation.image else { throw COCOProblem("has no 'image_id'") }
        guard let category = annotation.category else { throw COCOProblem("has no 'category_id'") }
        guard positions[image] != nil else {
          throw COCOProblem("belongs to the image \(image), which is not among the 'images'")
        }
        guard categories.contains(category) else {
          throw COCOProblem("belongs to the category \(category), which is not among the 'categories'")
        }
      }
    }
  }
}

extension COCOTruthFile {
  /// The number and the name of a category.
  fileprivate struct Category {
    let id: Int
    let name: String?

    init(_ scanner: inout JSONScanner) throws {
      var (id, name): (Int?, String?)
      try scanner.readObject { scanner, field in
        switch (field, scanner.nextKind()) {
        case ("id", _): id = try scanner.readInteger(of: field)
        case ("name", .text): name = try scanner.readString()
        default: try scanner.skipValue()
        }
      }
      guard let id else { throw COCOProblem("has no 'id'") }
      (self.id, self.name) = (id, name)
    }
  }
}

extension COCOTruthFile.Image {
  init(_ scanner: inout JSONScanner) throws {
    var (id, height, width): (Int?, Int?, Int?)
    var (file, depthFile): (String?, String?)
    try scanner.readObject { scanner, field in
      switch (field, scanner.nextKind()) {
      case ("id", _): id = try scanner.readInteger(of: field)
      case ("height", _): height = try scanner.readInteger(of: field)
      case ("width", _): width = try scanner.readInteger(of: field)
      case ("file_name", .text): file = try scanner.readString()
      case ("depth_file_name", .text): depthFile = try scanner.readString()
      default: try scanner.skipValue()
      }
    }
    guard let id else { throw COCOProblem("has no 'id'") }
    (self.id, self.file, self.depthFile) = (id, file, depthFile)
    guard let height, let width else {
      size = nil
      return
    }
    guard height > 0, width > 0 else { throw COCOProblem("is \(height) pixels high and \(width) wide") }
    size = (height, width)
  }
}
