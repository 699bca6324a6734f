import Foundation

extension COCOTruthFile {
  /// The file.
  package var url: URL { text.url }

  /// Reads a mask of an annotation, without its polygons that are no polygons; nil if no polygon remains.
  ///
  /// - Parameters:
  ///   - position: the byte at which the mask begins; nil if the annotation has none.
  ///   - field: the name of the mask's field.
  ///   - annotation: the annotation's place in the list.
  ///   - image: the annotation's image.
  /// - Throws: `FileError` with the file and the annotation for a mask that is missing, damaged or of another size.
  package func mask(
    at position: Int?, in field: String, ofAnnotation annotation: Int, in image: Image
  ) throws -> COCOMask? {
    try text.naming(COCOText.place(Self.field, annotation)) {
      guard let position else { throw COCOProblem("has no '\(field)', but masks are needed") }
      do {
        return try text.scan(from: position) { try COCOMask(skippingStrayPolygons: &$0, in: image) }
      } catch let error as COCOMaskError {
        throw COCOProblem("has a '\(field)' with \(error)")
      }
    }
  }
}
