import Foundation
import Support

extension DatasetReader {
  /// The reader of CelebA.
  static let celeba = CelebAReader.reader
}

/// CelebA.
private enum CelebAReader {
  static let reader = DatasetReader(
    name: name, summary: "faces with 40 attributes, together or each as a task of its own (CelebA)",
    citation: "Liu et al., Deep Learning Face Attributes in the Wild, ICCV 2015",
    license: "that of mmlab.ie.cuhk.edu.hk: non-commercial research, no redistribution",
    splits: CelebAFolder.splits,
    layouts: CelebAFolder.Form.allCases.map { form in
      DatasetLayout(name: form.rawValue, summary: form.summary, recognizes: form.recognizes)
    },
    settings: CelebAFolder.namedTasks.map { task in
      DatasetSetting(
        task.name,
        "the attribute that the task '\(task.name)' is about, "
          + (task.attribute.map { "\($0) by default" } ?? "such as Wearing_Hat; without it, there is no such task"))
    } + DatasetRequest.splitSettings(training: "train", validation: "val", among: CelebAFolder.splits),
    tasks: { try opened($0).tasks },
    open: { request in
      let files = try opened(request)
      return try request.dataset(of: files, reader: name, files.list)
    })

  private static let name = "celeba"

  private static func opened(_ request: DatasetRequest) throws -> CelebAFolder {
    let folder = try request.requiredFolder(of: name)
    let layout = try reader.layout(of: folder)
    return try CelebAFolder(folder, CelebAFolder.Form(rawValue: layout.name)!, request)
  }
}
