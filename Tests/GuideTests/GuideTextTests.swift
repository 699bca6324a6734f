import Foundation
import Experiments
import TestSupport
import Testing
import VisionData

/// What guides show is what is compiled and run here.
@Suite struct GuideTextTests {
  /// A block is compiled if a source file of these tests holds its lines one after another.
  private func isCompiled(_ block: Guides.Block, in sources: [(name: String, lines: [String])]) -> Bool {
    var wanted = block.trimmedLines[...]
    while wanted.last?.isEmpty == true { wanted.removeLast() }
    guard !wanted.isEmpty else { return false }
    return sources.contains { source in
      source.lines.indices.contains { start in source.lines[start...].starts(with: wanted) }
    }
  }

  @Test func everyBlockOfCodeIsCompiled() throws {
    let sources = try Guides.sources
    var counts: [String: Int] = [:]
    for guide in try Guides.files {
      for block in try Guides.blocks(of: guide) where block.language == "swift" {
        counts[guide.lastPathComponent, default: 0] += 1
        #expect(
          isCompiled(block, in: sources),
          "\(guide.lastPathComponent): no file of GuideTests holds these lines:\n\(block.text)")
      }
    }
    #expect(counts["YourOwnNetwork.md"] == 3 && counts["YourOwnMethod.md"] == 1, "\(counts)")
    let overviews = Guides.modules.filter { $0 != "MultitaskLearning" }
    #expect(overviews.allSatisfy { counts["\($0).md"] == 1 }, "\(counts)")
  }

  @Test func otherCodeIsNotCompiled() throws {
    let block = Guides.Block(language: "swift", lines: ["let store = ParameterStore(seed: 2)", ""])
    #expect(try !isCompiled(block, in: Guides.sources.filter { $0.name != "GuideTextTests.swift" }))
    #expect(try !isCompiled(Guides.Block(language: "swift", lines: []), in: Guides.sources))
  }

  @Test func configurationsAreRead() throws {
    for guide in try Guides.files {
      for block in try Guides.blocks(of: guide) where block.language == "yaml" && !isStudy(block) {
        #expect(throws: Never.self) { try Configuration(yaml: block.text, source: guide.lastPathComponent) }
      }
    }
  }

  @Test func studiesAreRead() throws {
    let studies = try Guides.files.flatMap { try Guides.blocks(of: $0).filter(isStudy) }
    #expect(!studies.isEmpty)
    for block in studies {
      try withTemporaryFolder { folder in
        let file = folder.appendingPathComponent("study.yaml")
        try Data(block.text.utf8).write(to: file)
        #expect(try !Study(contentsOf: file).candidates.isEmpty)
      }
    }
  }

  private func isStudy(_ block: Guides.Block) -> Bool {
    block.language == "yaml" && block.lines.contains { $0.hasPrefix("methods:") }
  }

  @Test func dataSetsAreRead() throws {
    let guide = Guides.documentation.appendingPathComponent("YourOwnData.md")
    let indices = try Guides.blocks(of: guide).filter { $0.language == "json" && $0.text.contains("\"format\"") }
    #expect(!indices.isEmpty)
    for block in indices {
      try withTemporaryFolder { folder in
        try Data(block.text.utf8).write(to: folder.appendingPathComponent(DatasetIndex.fileName))
        #expect(try DatasetFolder(folder).count > 0)
      }
    }
  }

  /// The last part of every symbol that a guide links to is declared somewhere.
  @Test func linksNameWhatThereIs() throws {
    let library = try Guides.librarySources.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n")
    let declaration =
      /\b(?:struct|class|protocol|enum|actor|func|var|let|case|typealias|associatedtype)\s+([A-Za-z_0-9]+)/
    let declared = Set(library.matches(of: declaration).map { String($0.1) }).union(Guides.modules)
    var linkCount = 0
    for guide in try Guides.files {
      let text = try String(contentsOf: guide, encoding: .utf8)
      for link in text.matches(of: /``([^`\n]+)``/) {
        let name = link.1.split(separator: "/").last!.prefix { $0 != "(" }
        linkCount += 1
        let isDeclared = declared.contains(String(name))
        #expect(isDeclared, "\(guide.lastPathComponent): \(link.0)")
      }
    }
    #expect(linkCount > 20)
  }
}
