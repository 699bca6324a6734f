/// The classes of Cityscapes: those that are evaluated, and their categories.
enum CityscapesClasses {
  /// A class of the annotation that is evaluated.
  private struct Entry {
    let id: Int
    let name: String
    /// The position of the category among ``categories``.
    let category: Int
  }

  private static let entries = [
    Entry(id: 7, name: "road", category: 0), Entry(id: 8, name: "sidewalk", category: 0),
    Entry(id: 11, name: "building", category: 1), Entry(id: 12, name: "wall", category: 1),
    Entry(id: 13, name: "fence", category: 1), Entry(id: 17, name: "pole", category: 2),
    Entry(id: 19, name: "traffic light", category: 2), Entry(id: 20, name: "traffic sign", category: 2),
    Entry(id: 21, name: "vegetation", category: 3), Entry(id: 22, name: "terrain", category: 3),
    Entry(id: 23, name: "sky", category: 4), Entry(id: 24, name: "person", category: 5),
    Entry(id: 25, name: "rider", category: 5), Entry(id: 26, name: "car", category: 6),
    Entry(id: 27, name: "truck", category: 6), Entry(id: 28, name: "bus", category: 6),
    Entry(id: 31, name: "train", category: 6), Entry(id: 32, name: "motorcycle", category: 6),
    Entry(id: 33, name: "bicycle", category: 6),
  ]

  /// The 19 classes.
  static let classes = entries.map(\.name)
  /// The seven categories.
  static let categories = ["flat", "construction", "object", "nature", "sky", "human", "vehicle"]

  /// The largest id of the annotation.
  static let largestID = 33

  /// From ids to positions among ``classes``.
  static let classByID = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($0.element.id, $0.offset) })
  /// From ids to positions among ``categories``.
  static let categoryByID = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0.category) })

  /// The task of the 19 classes.
  static let classTask = VisionTask("segmentation", .segmentation(classes: classes))
  /// The task of the seven categories.
  static let categoryTask = VisionTask("categories", .segmentation(classes: categories))
}
