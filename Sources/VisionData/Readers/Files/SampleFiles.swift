import Foundation

/// A data set in one of its forms on disk: where the files of a sample lie, found by the sample's id, and what they mean.
protocol SampleFiles: Sendable {
  /// Everything that there is ground truth for.
  var tasks: [VisionTask] { get }
  /// Returns the file of a sample's image.
  func imageFile(of id: String) -> URL
  /// Returns the files that hold a sample's ground truth, all of which have to be there.
  func targetFiles(of task: VisionTask, _ id: String) -> [URL]
  /// Returns a file with a sample's ground truth that may be missing, by which nothing is known of the task in the sample;
  /// nil, by default, for tasks whose files all have to be there.
  func optionalFile(of task: VisionTask, _ id: String) -> URL?
  /// Reads a sample's image, with colors from 0 to 1.
  func image(of id: String) throws -> PixelMap
  /// Reads a sample's ground truth.
  ///
  /// - Parameters:
  ///   - task: one of ``tasks``.
  ///   - id: the sample.
  ///   - size: the size of the sample's image.
  /// - Throws: `FileError` for a file that is missing, damaged, of another size, or holds values that it cannot hold.
  func target(of task: VisionTask, _ id: String, like size: ImageSize) throws -> Target
  /// The task whose ground truth is the depth of images with depth, in meters, and zero where it is unknown. By default,
  /// it is the first of depth; nil if there is none.
  var depthTask: VisionTask? { get }
  /// Why there is no ``depthTask``, although there might be one; nil, by default, if nothing is to be said.
  var lackOfDepth: String? { get }
}

extension SampleFiles {
  var depthTask: VisionTask? { tasks.first { $0.kind == .depth } }
  var lackOfDepth: String? { nil }
  func optionalFile(of task: VisionTask, _ id: String) -> URL? { nil }
}
