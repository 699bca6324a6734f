import Foundation
import TestSupport
import Testing
import VisionData

/// What readers of public data sets say about files that are not as they have to be: which file, which sample, and what
/// would be right.
@Suite struct DatasetErrorTests {
  private let nyudTasks = ["segmentation", "depth", "normals", "edges"]

  /// The error of opening a changed copy of a data set, and reading all of its samples.
  private func complaint(
    _ name: String, root: String = "", tasks: [String], settings: [String: String] = [:],
    _ change: (URL) throws -> Void
  ) throws -> String {
    var text = "nothing"
    try DatasetResource.withCopy(name) { copy in
      let folder = root.isEmpty ? copy : copy.appendingPathComponent(root)
      try change(folder)
      do {
        let dataset = try DatasetResource.open(folder, tasks, settings)
        _ = try DatasetResource.samples(dataset.training) + DatasetResource.samples(dataset.validation)
      } catch { text = "\(error)" }
    }
    return text
  }

  private func remove(_ path: String) -> (URL) throws -> Void {
    { try FileManager.default.removeItem(at: $0.appendingPathComponent(path)) }
  }

  private func write(_ text: String, to path: String) -> (URL) throws -> Void {
    { try Data(text.utf8).write(to: $0.appendingPathComponent(path)) }
  }

  private func put(_ source: String, at path: String) -> (URL) throws -> Void {
    { folder in
      let target = folder.appendingPathComponent(path)
      try? FileManager.default.removeItem(at: target)
      try FileManager.default.copyItem(at: DatasetResource.url(source), to: target)
    }
  }

  private func gray(_ value: Int, height: Int, width: Int, bits: Int = 8, to path: String) -> (URL) throws -> Void {
    { folder in
      let png = RawPNG(
        height: height, width: width, bits: bits, samples: [Int](repeating: value, count: height * width))
      try png.data.write(to: folder.appendingPathComponent(path))
    }
  }

  @Test func filesThatAreMissingAreNamedBeforeTraining() throws {
    let text = try complaint("nyud_mt", root: "NYUD_MT", tasks: nyudTasks, remove("depth/0004.npy"))
    #expect(text.contains("NYUD_MT/depth/0004.npy") && text.contains("needed for sample 2 of 2 in train, '0004'"))
    // Only the files of the run's tasks are needed.
    #expect(try complaint("nyud_mt", root: "NYUD_MT", tasks: ["edges"], remove("depth/0004.npy")) == "nothing")
    let image = try complaint("pascal_mt", root: "PASCAL_MT", tasks: ["edges"], remove("JPEGImages/2008_000009.jpg"))
    #expect(image.contains("JPEGImages/2008_000009.jpg") && image.contains("sample 1 of 1 in val"))
    let street = try complaint(
      "cityscapes", tasks: ["depth"], remove("camera/train/bochum/bochum_000000_000313_camera.json"))
    #expect(street.contains("bochum_000000_000313_camera.json") && street.contains("sample 2 of 2"))
    let list = try complaint("nyud_mt", root: "NYUD_MT", tasks: ["edges"], remove("gt_sets/val.txt"))
    #expect(list.contains("gt_sets/val.txt") && list.contains("does not exist"))
    let gap = try complaint("mtan_nyuv2", root: "nyuv2", tasks: ["depth"], remove("train/image/0.npy"))
    #expect(gap.contains("train/image/0.npy") && gap.contains("without a gap"))
  }

  @Test func foldersOfWantedTasksAreNamedIfTheyAreMissing() throws {
    let chosen = ["excluded": "published", "training": "train", "validation": "test"]
    for (name, root, task, place, settings) in [
      ("taskonomy", "", "class_scene", "class_scene/taskonomy", chosen),
      ("nyud_mt", "NYUD_MT", "edges", "edge", [:]),
      ("pascal_mt", "PASCAL_MT", "saliency", "sal_distill", [:]),
      ("cityscapes", "", "depth", "camera", [:]),
      ("mtan_nyuv2", "nyuv2", "depth", "train/depth", [:]),
    ] {
      let text = try complaint(name, root: root, tasks: [task], settings: settings, remove(place))
      #expect(text.contains("/\(place): does not exist, but the task '\(task)' is wanted"), "\(text)")
      #expect(text.contains("There are files of "), "\(text)")
    }
  }

  @Test func filesOfOtherKindsAreNoGroundTruth() throws {
    let text = try complaint("nyud_mt", root: "NYUD_MT", tasks: ["edges"]) { folder in
      let edges = folder.appendingPathComponent("edge")
      for name in try FileManager.default.contentsOfDirectory(atPath: edges.path) {
        let file = edges.appendingPathComponent(name)
        try FileManager.default.moveItem(at: file, to: file.appendingPathExtension("old"))
      }
    }
    #expect(text.contains("NYUD_MT/edge: holds no files that are read, but the task 'edges' is wanted"), "\(text)")
  }

  /// Views of Taskonomy may lack files, but not all of them.
  @Test func aTaskOfWhichNothingIsKnownIsAnError() throws {
    let settings = ["excluded": "published", "training": "train", "validation": "test"]
    let text = try complaint("taskonomy", tasks: ["class_scene"], settings: settings) { folder in
      let files = FileManager.default.enumerator(
        at: folder.appendingPathComponent("class_scene"), includingPropertiesForKeys: nil)
      for case let file as URL in Array(files!) where file.pathExtension == "npy" {
        let renamed = file.path.replacing("class_places", with: "class_scene")
        try FileManager.default.moveItem(atPath: file.path, toPath: renamed)
      }
    }
    #expect(
      text.contains("class_scene/taskonomy/hanson/point_0_view_0_domain_class_places.npy: does not exist, nor does"),
      "\(text)")
  }

  @Test func listsAreChecked() throws {
    let (name, root, list) = ("nyud_mt", "NYUD_MT", "gt_sets/train.txt")
    func complaint(_ text: String) throws -> String {
      try self.complaint(name, root: root, tasks: ["edges"], write(text, to: list))
    }
    #expect(try complaint("0003\n0004\n0003\n").contains("names '0003' twice, on lines 1 and 3"))
    #expect(try complaint("0003\n\n../../etc\n").contains("names '../../etc' on line 3"))
    #expect(try complaint(" \n").contains("names no samples"))
    #expect(try complaint("0003\n0099\n").contains("images/0099.jpg"))
    // Any line ends, and none at the end.
    for text in ["0003\r0004", "0003\r\n0004\r\n", "0003\n0004"] { #expect(try complaint(text) == "nothing") }
  }

  @Test func sizesHaveToAgree() throws {
    let text = try complaint(
      "nyud_mt", root: "NYUD_MT", tasks: ["segmentation"], gray(1, height: 17, width: 23, to: "segmentation/0003.png"))
    #expect(text.contains("segmentation/0003.png") && text.contains("is 17×23, but its image is 17×22"))
    #expect(text.contains("sample 1 of 2 in train, '0003'"))
    let map = try complaint("pascal_mt", root: "PASCAL_MT", tasks: ["edges"]) { folder in
      try put(
        "pascal_mt/PASCAL_MT/pascal-context/trainval/2008_000007.mat", at: "pascal-context/trainval/2008_000002.mat")(
          folder)
    }
    #expect(map.contains("2008_000002.mat") && map.contains("is 16×16, but its image is 20×26"))
    let parts = try complaint("pascal_mt", root: "PASCAL_MT", tasks: ["human-parts"]) { folder in
      try put("pascal_mt/PASCAL_MT/human_parts/2008_000009.mat", at: "human_parts/2008_000003.mat")(folder)
    }
    #expect(parts.contains("human_parts/2008_000003.mat") && parts.contains("but its image is 23×18"))
  }

  @Test func valuesHaveToBePossible() throws {
    let label = try complaint(
      "nyud_mt", root: "NYUD_MT", tasks: ["segmentation"], gray(41, height: 17, width: 22, to: "segmentation/0003.png"))
    #expect(label.contains("holds 41 at row 0, column 0, but 'segmentation' has 1 to 40 (0 is unknown)"))
    let voc = try complaint(
      "pascal_mt", root: "PASCAL_MT", tasks: ["segmentation"],
      gray(21, height: 20, width: 26, to: "semseg/VOC12/2008_000002.png"))
    #expect(voc.contains("holds 21 at") && voc.contains("0 to 20 (255 is unknown)"))
    let street = "gtFine/train/aachen/aachen_000000_000019_gtFine_labelIds.png"
    let id = try complaint("cityscapes", tasks: ["categories"], gray(34, height: 32, width: 64, to: street))
    #expect(id.contains(street) && id.contains("holds 34") && id.contains("ids from 0 to 33"))
    let disparity = try complaint(
      "cityscapes", tasks: ["disparity"],
      gray(3, height: 32, width: 64, to: "disparity/train/aachen/aachen_000000_000019_disparity.png"))
    #expect(disparity.contains("has 8 bits a number, but 16 are expected"))
    let edge = try complaint(
      "nyudv2_png", root: "NYUDv2", tasks: ["edges"], gray(7, height: 17, width: 22, to: "edge/0003.png"))
    #expect(edge.contains("edge/0003.png") && edge.contains("holds 7") && edge.contains("0 and 255 are expected"))
    let camera = try complaint(
      "cityscapes", tasks: ["depth"],
      write("{\"extrinsic\": {}}", to: "camera/train/aachen/aachen_000000_000019_camera.json"))
    #expect(camera.contains("_camera.json") && camera.contains("extrinsic.baseline and intrinsic.fx are expected"))
    // It is finite in float64, and depth is not in float32.
    let far = try complaint(
      "cityscapes", tasks: ["depth"],
      write(
        "{\"extrinsic\": {\"baseline\": 1e150}, \"intrinsic\": {\"fx\": 2262.5}}",
        to: "camera/train/aachen/aachen_000000_000019_camera.json"))
    #expect(far.contains("_camera.json") && far.contains("extrinsic.baseline is 1e+150"))
  }

  @Test func depthOfAnotherUnitAsksForTheScale() throws {
    var npy = try Data(contentsOf: DatasetResource.url("nyud_mt/NYUD_MT/depth/0003.npy"))
    let values = npy.count - 4 * 17 * 22
    for index in 0..<(17 * 22) {
      withUnsafeBytes(of: Float(1500)) { bytes in
        npy.replaceSubrange((values + 4 * index)..<(values + 4 * index + 4), with: bytes)
      }
    }
    let changed = npy
    let change: (URL) throws -> Void = { try changed.write(to: $0.appendingPathComponent("depth/0003.npy")) }
    let text = try complaint("nyud_mt", root: "NYUD_MT", tasks: ["depth"], change)
    #expect(text.contains("depth/0003.npy") && text.contains("depthScale: 0.001"))
    let scaled = try complaint("nyud_mt", root: "NYUD_MT", tasks: ["depth"], settings: ["depthScale": "0.001"], change)
    #expect(scaled == "nothing")
    let wrong = try complaint("nyud_mt", root: "NYUD_MT", tasks: ["depth"], settings: ["depthScale": "-1"], change)
    #expect(wrong.contains("'depthScale' is '-1', but has to be a number above 0"))
    npy.replaceSubrange(values..<(values + 4), with: withUnsafeBytes(of: Float.nan) { Data($0) })
    let nan = npy
    let isNaN = try complaint("nyud_mt", root: "NYUD_MT", tasks: ["depth"]) {
      try nan.write(to: $0.appendingPathComponent("depth/0003.npy"))
    }
    #expect(isNaN.contains("holds nan at row 0, column 0"))
  }

  /// Every file of `broken` that a reader of maps would meet.
  @Test(arguments: [
    ("short.npy", "nyud_mt/NYUD_MT", "depth/0003.npy", "depth"),
    ("pickled.npy", "nyud_mt/NYUD_MT", "depth/0003.npy", "depth"),
    ("v73.mat", "nyud_mt_astmt/NYUD_MT", "segmentation/0003.mat", "segmentation"),
    ("wrong_variable.mat", "pascal_mt/PASCAL_MT", "pascal-context/trainval/2008_000002.mat", "edges"),
    ("truncated.mat", "pascal_mt/PASCAL_MT", "human_parts/2008_000002.mat", "human-parts"),
  ])
  func brokenFilesAreNamed(_ file: String, _ folder: String, _ place: String, _ task: String) throws {
    let parts = folder.split(separator: "/").map(String.init)
    let text = try complaint(parts[0], root: parts[1], tasks: [task], put("broken/\(file)", at: place))
    #expect(text.contains(place) && text.contains("sample 1 of"), "\(text)")
    if file == "v73.mat" { #expect(text.contains("script/convert-mat73")) }
    if file == "wrong_variable.mat" { #expect(text.contains("has no variable 'LabelMap'")) }
  }

  @Test func damagedListsOfFaces() throws {
    let text = try complaint(
      "celeba", tasks: ["age"], put("broken/list_attr_celeba.txt", at: "Anno/list_attr_celeba.txt"))
    #expect(text.contains("list_attr_celeba.txt") && text.contains("has 1 value on line 4, but 2 attributes are named"))
    let split = try complaint(
      "celeba", tasks: ["age"], write("000001.jpg 0\n000009.jpg 1\n", to: "Eval/list_eval_partition.txt"))
    #expect(split.contains("names '000009.jpg' on line 2") && split.contains("says nothing"))
    let number = try complaint("celeba", tasks: ["age"], write("000001.jpg 3\n", to: "Eval/list_eval_partition.txt"))
    #expect(number.contains("on line 1") && number.contains("0 (train), 1 (val) or 2 (test)"))
    let attribute = try complaint("celeba", tasks: ["clothes"], settings: ["clothes": "Wearing_Hut"]) { _ in }
    #expect(attribute.contains("Did you mean 'Wearing_Hat'?"))
  }

  @Test func buildingsThatAreMissing() throws {
    let text = try complaint("taskonomy", tasks: ["reshading"]) { _ in }
    #expect(text.contains("rgb/taskonomy/woodbine") && text.contains("excluded: woodbine"))
    let unknown = try complaint("taskonomy", tasks: ["reshading"], settings: ["excluded": "woodbin"]) { _ in }
    #expect(unknown.contains("Did you mean 'woodbine'?"))
    let size = try complaint("taskonomy", tasks: ["reshading"], settings: ["size": "tinny"]) { _ in }
    #expect(size.contains("Did you mean 'tiny'?"))
    let row = try complaint(
      "taskonomy", tasks: ["reshading"],
      write("id,train,val,test\nhanson,1,0", to: "splits_taskonomy/train_val_test_tiny.csv"))
    #expect(row.contains("train_val_test_tiny.csv") && row.contains("on line 2"))
  }

  @Test func layoutsThatDoNotFit() throws {
    let two = try complaint(
      "nyud_mt", root: "NYUD_MT", tasks: nyudTasks, put("nyudv2_png/NYUDv2/images/0003.png", at: "images/0003.png"))
    #expect(two.contains("fits several forms of nyud, survey and png"))
    try withTemporaryFolder { folder in
      let reader = try DatasetReader.registry.require("nyud")
      #expect { try reader.open(DatasetResource.request(folder, ["depth"])) } throws: {
        "\($0)".contains("What was looked for: survey: gt_sets/{train,val}.txt")
      }
      try put("broken/v73.mat", at: "nyu_depth_v2_labeled.mat")(folder)
      #expect { try DatasetResource.open(folder, ["depth"]) } throws: {
        "\($0)".contains("python3 script/convert-mat73 ") && "\($0)".contains("nyu_depth_v2_labeled.mat")
      }
    }
  }

  @Test func wishesThatCannotBeServed() throws {
    let folder = DatasetResource.url("nyud_mt/NYUD_MT")
    let reader = try DatasetReader.registry.require("nyud")
    func complaint(_ change: (inout DatasetRequest) -> Void) -> String {
      var request = DatasetResource.request(folder, ["depth"])
      change(&request)
      do { _ = try reader.open(request) } catch { return "\(error)" }
      return "nothing"
    }
    #expect(complaint { $0.validationFolder = folder }.contains("has splits of its own"))
    #expect(complaint { $0.folder = nil }.contains("'nyud' reads a folder, but the request names none"))
    #expect(complaint { $0.settings = ["reproduc": "normals"] }.contains("Did you mean 'reproduce'?"))
    #expect(complaint { $0.settings = ["reproduce": "normal"] }.contains("Did you mean 'normals'?"))
    #expect(complaint { $0.settings = ["training": "trainval"] }.contains("'training' of nyud 'trainval'"))
    let dataset = try DatasetResource.open(folder, ["depth"], counts: (1, 1))
    #expect(dataset.training.count == 1 && dataset.note == "of 2 samples in train, 1 are used (data.trainingCount)")
  }
}
