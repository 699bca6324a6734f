/// The names of the classes of NYU Depth v2.
enum NYUDClasses {
  /// The 40 classes of Gupta et al., *Perceptual Organization and Recognition of Indoor Scenes from RGB-D Images*, CVPR
  /// 2013.
  static let forty = [
    "wall", "floor", "cabinet", "bed", "chair", "sofa", "table", "door", "window", "bookshelf", "picture", "counter",
    "blinds", "desk", "shelves", "curtain", "dresser", "pillow", "mirror", "floor mat", "clothes", "ceiling", "books",
    "refridgerator", "television", "paper", "towel", "shower curtain", "box", "whiteboard", "person", "night stand",
    "toilet", "sink", "lamp", "bathtub", "bag", "otherstructure", "otherfurniture", "otherprop",
  ]

  /// The 13 classes of Couprie et al., *Indoor Semantic Segmentation Using Depth Information*, ICLR 2013.
  static let thirteen = [
    "bed", "books", "ceiling", "chair", "floor", "furniture", "objects", "picture", "sofa", "table", "tv", "wall",
    "window",
  ]
}
