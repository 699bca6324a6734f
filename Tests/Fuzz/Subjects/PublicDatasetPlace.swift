import FileBytes
import Foundation
import VisionData

/// A small public data set, and the file of it that is damaged.
struct PublicDatasetPlace {
  let reader: String
  /// The file that is damaged.
  let damaged: String
  /// All files, whole, by their paths.
  let files: [String: [UInt8]]
  let tasks: [String]
  var settings: [String: String] = [:]

  var isText: Bool { ["txt", "csv", "json"].contains { damaged.hasSuffix($0) } }

  static var all: [PublicDatasetPlace] {
    var all: [PublicDatasetPlace] = []
    func add(
      _ reader: String, _ damaged: [String], _ files: [String: [UInt8]], _ tasks: [String],
      _ settings: [String: String] = [:]
    ) {
      all += damaged.map {
        PublicDatasetPlace(reader: reader, damaged: $0, files: files, tasks: tasks, settings: settings)
      }
    }
    add("nyud", ["gt_sets/train.txt", "depth/a.npy"], nyud, ["depth", "edges"])
    add("celeba", ["Anno/list_attr_celeba.txt", "Eval/list_eval_partition.txt"], celeba, ["Young", "attributes"])
    add("taskonomy", ["splits_taskonomy/train_val_test_tiny.csv"], taskonomy, ["reshading"])
    add(
      "taskonomy", ["class_scene/taskonomy/hanson/point_0_view_0_domain_class_places.npy"], taskonomy,
      ["class_scene"])
    add("cityscapes", ["camera/train/a/a_000000_000001_camera.json"], cityscapes, ["depth"])
    add(
      "metagraspnet", ["scene1/0.npz", "scene1/0_order.csv", "scene2/0_order.json"], metaGraspNet,
      ["depth", "objects", "segmentation"], ["classes": "articles"])
    add("metagraspnet", ["b.txt"], metaGraspNet, ["depth"], ["training": "a.txt", "validation": "b.txt"])
    add(
      "pascal-context", ["human_parts/a.mat", "pascal-context/trainval/a.mat"], pascal, ["human-parts", "edges"])
    return all
  }

  // MARK: Data sets

  private static let image = png(3, .bits8((0..<18).map { UInt8($0 * 14) }))

  private static func png(_ channels: Int, _ samples: Picture.Samples) -> [UInt8] {
    [UInt8](try! Picture(width: 3, height: 2, channels: channels, samples: samples).pngData())
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func floats(_ values: [Float]) -> [UInt8] {
    values.flatMap { ZipBytes.little(Int($0.bitPattern), 4) }
  }

  private static let depth = NPYBytes(
    description: "<f4", shape: "(2, 3)", content: floats([0, 1, 2.5, 3, 0.5, 0.25])
  ).bytes

  private static let nyud = [
    "gt_sets/train.txt": text("a\nb\n"), "gt_sets/val.txt": text("b\r"), "images/a.png": image, "images/b.png": image,
    "depth/a.npy": depth, "depth/b.npy": depth, "edge/a.png": png(1, .bits8([0, 255, 0, 0, 255, 0])),
    "edge/b.png": png(1, .bits8([0, 0, 0, 0, 255, 0])),
  ]

  private static let celeba = [
    "Anno/list_attr_celeba.txt": text("2\nYoung Male \na.png -1  1\nb.png  1 -1\n"),
    "Eval/list_eval_partition.txt": text("a.png 0\nb.png 1\n"), "Img/img_align_celeba/a.png": image,
    "Img/img_align_celeba/b.png": image,
  ]

  private static let taskonomy = {
    var files = ["splits_taskonomy/train_val_test_tiny.csv": text("id,train,val,test\rhanson,1,0,0\rmcdade,0,1,0")]
    for building in ["hanson", "mcdade"] {
      for domain in ["rgb", "reshading"] {
        files["\(domain)/taskonomy/\(building)/point_0_view_0_domain_\(domain).png"] = image
      }
      files["class_scene/taskonomy/\(building)/point_0_view_0_domain_class_places.npy"] =
        NPYBytes((0..<365).map { $0 == 7 ? 1 : 0 }).bytes
    }
    return files
  }()

  private static let cityscapes = {
    var files: [String: [UInt8]] = [:]
    for split in ["train", "val"] {
      let id = "\(split)/a/a_000000_000001"
      files["leftImg8bit/\(id)_leftImg8bit.png"] = image
      files["disparity/\(id)_disparity.png"] = png(1, .bits16([0, 1, 300, 9000, 30_000, 65_535]))
      files["camera/\(id)_camera.json"] = text(#"{"extrinsic": {"baseline": 0.2}, "intrinsic": {"fx": 2262.5}}"#)
    }
    return files
  }()

  private static let metaGraspNet = {
    let arrays = [
      ("depth", "<f4", "(2, 3)", floats([80, .nan, 70, 70.5, 60, 61])),
      ("instances_objects", "|u1", "(2, 3)", [0, 1, 1, 2, 2, 0]),
      ("instances_semantic", "|u1", "(2, 3)", [0, 7, 7, 97, 97, 0]),
      ("seg_masks_single", "|b1", "(2, 2, 3)", [0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0]),
    ]
    let zip = ZipBytes(
      arrays.map { name, type, shape, content in
        ZipBytes.Entry(
          name: name + ".npy", content: NPYBytes(description: type, shape: shape, content: content).bytes)
      })
    var files = ["a.txt": text("scene1\n"), "b.txt": text("scene2/0\n")]
    for scene in ["scene1", "scene2"] {
      files["\(scene)/0_rgb.png"] = image
      files["\(scene)/0.npz"] = zip.bytes
      files["\(scene)/0_order.json"] = text(
        #"{"1": {"parents": [{"id": 2}]}, "2": {"parents": [{"id": 0}], "layer": 1}}"#)
    }
    files["scene1/0_order.csv"] = text("0,-1\n0.0,0\n")
    return files
  }()

  private static let pascal = {
    let mat = MATBytes()
    func characters(_ text: String) -> [UInt8] {
      mat.matrix(class: 4, shape: [1, text.utf8.count], mat.element(16, Array(text.utf8)))
    }
    func structure(_ name: String = "", _ fields: [(name: String, value: [UInt8])]) -> [UInt8] {
      let names = fields.flatMap { Array($0.name.utf8) + [UInt8](repeating: 0, count: 16 - $0.name.utf8.count) }
      return mat.matrix(
        name, class: 2, shape: [1, 1],
        mat.small(5, mat.number(16, 4)) + mat.element(1, names) + fields.flatMap(\.value))
    }
    func mask(_ values: [UInt8]) -> [UInt8] { mat.matrix(class: 9, shape: [2, 3], mat.element(2, values)) }
    let part = structure("", [("part_name", characters("head")), ("mask", mask([1, 1, 0, 0, 0, 0]))])
    let object = structure(
      "",
      [
        ("class", characters("person")), ("class_ind", mat.matrix(class: 9, shape: [1, 1], mat.small(2, [15]))),
        ("mask", mask([1, 1, 0, 1, 0, 0])), ("parts", part),
      ])
    let parts = MATBytes(variables: [structure("anno", [("imname", characters("a")), ("objects", object)])]).bytes
    let labels = MATBytes(
      isCompressed: true,
      variables: [mat.matrix("LabelMap", class: 11, shape: [2, 3], mat.shorts([2, 2, 31, 31, 459, 0]))]
    ).bytes
    var files: [String: [UInt8]] = [:]
    for (split, id) in [("train", "a"), ("val", "b")] {
      files["ImageSets/Context/\(split).txt"] = text(id)
      // The reader looks for JPEG files by their name, and takes what they hold.
      files["JPEGImages/\(id).jpg"] = image
      files["human_parts/\(id).mat"] = parts
      files["pascal-context/trainval/\(id).mat"] = labels
    }
    return files
  }()
}
