import Foundation
import TestSupport
import Testing

import Experiments

/// Names that mean something in HTML, JavaScript, Markdown, LaTeX, CSV or a path.
@Suite(.serialized) struct HostileNameTests {
  private struct Content: Decodable {
    struct Chart: Decodable {
      struct Line: Decodable { var name: String }
      var title: String
      var lines: [Line]
    }
    var charts: [Chart]
  }

  /// Every element and attribute of a page is one that the page is made of.
  private func requireOwnMarkup(_ page: String) {
    #expect(page.matches(of: /<script/).count == 3 && page.matches(of: /<\/script/).count == 3)
    #expect(!page.contains("<!--") && !page.contains(/<[a-z]+[^<>]*onmouseover=/))
    #expect(page.firstMatch(of: /<title>[^<>]*<\/title>/) != nil)
  }

  @Test func aStudysReportShowsThem() throws {
    try withTemporaryFolder { parent in
      let folder = StudyFolder(parent.appendingPathComponent("<!--<script> & 'x'"))
      let study = try HostileNames.study(in: folder)
      try StudyReport(study, folder: folder).write()
      let page = try String(contentsOf: folder.report, encoding: .utf8)
      requireOwnMarkup(page)
      let data = try #require(page.firstMatch(of: /<script type="application\/json" id="data">(.*?)<\/script>/))
      #expect(!data.1.contains("<"))
      let content = try JSONDecoder().decode(Content.self, from: Data(data.1.utf8))
      #expect(content.charts.count == 2)
      for chart in content.charts { #expect(chart.lines.map(\.name) == HostileNames.labels) }
      #expect(page.contains("x=&#39;") && page.contains("&lt;!--&lt;script&gt;"))
      // Nothing was written elsewhere.
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path).count == 1)
    }
  }

  @Test func aStudysTablesShowThem() throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      let table = StudyTable(try StudyResults(try HostileNames.study(in: folder), folder: folder))
      let count = HostileNames.labels.count
      // Three tables with a line for each method, and one of how alike the two results rank methods.
      #expect(table.markdown.split(separator: "\n").count { $0.hasPrefix("|") } == 3 * (count + 2) + (2 + 2))
      #expect(table.markdown.contains("| \\<!--\\<script> |") && table.markdown.contains("| x y |"))
      #expect(table.latex.split(separator: "\n").count { $0.hasSuffix("\\\\") } == 3 * (count + 1) + (2 + 1))
      #expect(table.latex.contains("\\textbackslash{}input\\{/etc/passwd\\}") && !table.latex.contains("\\input"))
      #expect(table.csv.contains("\"x\ny\",1") && table.csv.contains("\"a\"\"onmouseover=alert(1) x='\"") == true)
      #expect(!table.allText.contains("x\ny") && table.allText.contains("x y"))
    }
  }

  @Test func aLabelOfTwoLineEndsIsOneField() throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      var study = try HostileNames.study(in: folder)
      study.candidates[0].label = "a\r\nb\u{1B}[31m"
      let table = StudyTable(try StudyResults(study, folder: folder))
      #expect(table.csv.contains("\n\"a\r\nb\u{1B}[31m\",0,"))
      #expect(!table.text.unicodeScalars.contains("\u{1B}") && !table.latex.unicodeScalars.contains("\r"))
    }
  }

  @Test func namesThatAreNoFolderAreRefused() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("study.yaml")
      try Data("methods: {\(String(repeating: "a", count: 300)): equal}".utf8).write(to: file)
      #expect { try Study(contentsOf: file) } throws: { "\($0)".contains("at most become the name of a folder") }
    }
  }

  /// Numbers at the ends of what there is draw, or are left out.
  @Test(arguments: ["1.7976931348623157e308", "-1.7976931348623157e308", "5e-324", "0", "1e300"])
  func reportsOfExtremeNumbersAreWritten(_ value: String) throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      let study = try HostileNames.study(in: folder)
      let metrics = folder.run(study.runs[0]).metrics
      let text = try String(contentsOf: metrics, encoding: .utf8)
      let looks =
        #","diagnostics":{"level":"features","gds":\#(value),"gms":\#(value),"cosines":[[1,\#(value)],[\#(value),1]],"gradientNorms":[1,\#(value)],"modules":[{"name":"a","cosines":[\#(value)]}]}}"#
      try Data(
        text.replacing("\"value\":1", with: "\"value\":\(value)").replacing(
          "\"waitSeconds\":0}", with: "\"waitSeconds\":0" + looks
        )
        .utf8
      ).write(to: metrics)
      try StudyReport(study, folder: folder).write()
      try Data(study.configuration.yaml.utf8).write(to: folder.run(study.runs[0]).configuration)
      try RunReport(folder.run(study.runs[0])).write()
      requireOwnMarkup(try String(contentsOf: folder.run(study.runs[0]).report, encoding: .utf8))
    }
  }
}
