import Foundation
import Support

/// The forms in which NYU Depth v2 is published.
enum NYUDLayout: String, CaseIterable {
  case survey
  case png
  case first
  case numbered = "mtan"
  case official

  /// The file of the official form.
  static let officialFile = "nyu_depth_v2_labeled.mat"

  var layout: DatasetLayout {
    DatasetLayout(name: rawValue, summary: summary, recognizes: recognizes)
  }

  private var summary: String {
    switch self {
    case .survey:
      "gt_sets/{train,val}.txt, images/ID.jpg, segmentation/ID.png, depth/ID.npy, normals/ID.npy, edge/ID.npy (NYUD_MT)"
    case .png:
      "gt_sets/{train,val}.txt, images/ID.png, segmentation/ID.png, depth/ID.npy, normals/ID.png, edge/ID.png (NYUDv2)"
    case .first:
      "gt_sets/{train,val}.txt, images/ID.jpg, segmentation/ID.mat, depth/ID.mat, normals/ID.jpg, edge/ID.png (NYUD_MT of ASTMT)"
    case .numbered: "{train,val}/{image,label,depth,normal}/0.npy, 1.npy, … with 13 classes (MTAN, LibMTL)"
    case .official: "\(Self.officialFile), which has to be converted once"
    }
  }

  private func recognizes(_ folder: URL) -> Bool {
    let isListed = folder.file("gt_sets").isFolder
    switch self {
    case .survey:
      return isListed && folder.file("images").holdsFile("jpg", "jpeg") && !folder.file("segmentation").holdsFile("mat")
    case .png: return isListed && folder.file("images").holdsFile("png")
    case .first:
      return isListed && folder.file("images").holdsFile("jpg", "jpeg") && folder.file("segmentation").holdsFile("mat")
    case .numbered:
      return NumberedFolder.isOne(folder) && folder.file("train/normal").isFolder
    // What it was converted to may lie beside it.
    case .official: return !isListed && folder.file(Self.officialFile).exists
    }
  }

  /// That the official file has to be converted, and how.
  static func conversion(of folder: URL) -> FileError {
    let file = folder.file(officialFile)
    return FileError(
      file,
      "is a MATLAB file of version 7.3 (HDF5), which is not read: convert it once with `python3 script/convert-mat73 \(excerpt(quotedForShell(file.path), limit: 600)) FOLDER`, and set data.folder to the new folder. It has segmentation and depth, but neither normals nor edges"
    )
  }
}
