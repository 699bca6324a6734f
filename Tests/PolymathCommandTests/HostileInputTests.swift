import Experiments
import Foundation
import TestSupport
import Testing
import Torch

/// Files that somebody else has made, given to the command.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HostileInputTests {
  private static let micro = [
    "data.trainingCount=4", "data.validationCount=2", "data.height=32", "data.width=32", "data.tasks=[depth, normals]",
    "network.encoder=vit_micro", "training.batchSize=2", "training.steps=2", "training.evaluateEvery=0",
    "run.threads=1",
  ].flatMap { ["--set", $0] }

  private var weights: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("TorchTests/Resources/safetensors/vit_micro_f32.safetensors")
  }

  /// Runs an encoder on a tensor that is described like this, of as many zeros as its bytes say.
  private func encode(_ description: String, byteCount: Int, metadata: String = "{}") throws -> Command.Result {
    try withTemporaryFolder { folder in
      let header = Data(#"{"__metadata__":\#(metadata),"x":\#(description)}"#.utf8)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
      try (length + header + Data(count: byteCount)).write(to: folder.appendingPathComponent("x.safetensors"))
      return try Command.run(
        [
          "encode", "vit_micro", "--weights", weights.path, "--input", "x.safetensors", "--output", "y.safetensors",
        ], in: folder)
    }
  }

  @Test func headersAreReadAsTheFormatIsDefined() throws {
    let bytes = 4 * 3 * 32 * 32
    let null = try encode(
      #"{"dtype":"F32","shape":[1,3,32,32],"data_offsets":[0,\#(bytes)]}"#, byteCount: bytes, metadata: "null")
    #expect(null.succeeded, "\(null.errors)")
    let bool = try encode(
      #"{"dtype":"F32","shape":[true,3,32,32],"data_offsets":[0,\#(bytes)]}"#, byteCount: bytes)
    #expect(bool.status == 1 && bool.errors.contains("'true,3,32,32' is found"), "\(bool.errors)")
  }

  @Test(arguments: [
    ("[1,3,0,4611686018427387904]", "[1, 3, 0, 4611686018427387904] beyond any memory"),
    ("[0,3,9223372036854775807,2]", "beyond any memory"), ("[1,3,0,32]", "'x' is [1, 3, 0, 32], but"),
    ("[0]", "'x' is [0], but"),
  ])
  func shapesOfNothingAreRefused(_ shape: String, _ message: String) throws {
    let result = try encode(#"{"dtype":"F32","shape":\#(shape),"data_offsets":[0,0]}"#, byteCount: 0)
    #expect(result.status == 1 && result.errors.contains(message), "\(result.errors)")
  }

  /// Predictions of a run that names a task like a path stay where they belong.
  @Test func predictionsDoNotEscape() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("a/b/c")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let train = try Command.run(["train", "--out", "run"] + Self.micro, in: folder)
      #expect(train.succeeded, "\(train.errors)")
      let picture = folder.appendingPathComponent("run/predictions/0-input.png")
      try FileManager.default.copyItem(at: picture, to: folder.appendingPathComponent("picture.png"))
      let name = "x/../../../../pwned"
      for (file, old, new) in [
        ("run/tasks.json", #""name":"normals""#, #""name":"\#(name)""#), ("run/config.yaml", "normals]", "\(name)]"),
      ] {
        let url = folder.appendingPathComponent(file)
        let text = try String(contentsOf: url, encoding: .utf8)
        #expect(text.contains(old), "\(file)")
        try Data(text.replacing(old, with: new).utf8).write(to: url)
      }
      func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: parent.path).filter {
          !$0.contains(".err") && !$0.contains(".out")
        }
        .sorted()
      }
      let before = try names()
      for arguments in [["predict", "run", "picture.png"], ["evaluate", "run"], ["analyze", "run", "--tokens"]] {
        let result = try Command.run(arguments + ["--checkpoint", "last"], in: folder)
        #expect(
          result.status == 1 && result.errors.contains("has to be named with letters, digits"), "\(result.errors)")
      }
      #expect(try names() == before)
    }
  }

  @Test func hugeNumbersOnTheCommandLineAreAnswered() throws {
    try withTemporaryFolder { folder in
      let train = try Command.run(["train", "--out", "run"] + Self.micro, in: folder)
      #expect(train.succeeded, "\(train.errors)")
      let all = try Command.run(
        ["analyze", "run", "--tokens", "--checkpoint", "last", "--samples", "\(Int.max)"], in: folder)
      #expect(all.succeeded && all.output.contains("4 samples"), "\(all.errors)")
      for arguments in [
        ["bench", "aggregation", "--width", "\(Int.max)"], ["bench", "aggregation", "--tasks", "\(Int.max)"],
        ["bench", "step", "--size", "\(Int.max)"], ["bench", "step", "--batch", "\(Int.max)"],
      ] {
        let result = try Command.run(arguments, in: folder)
        #expect(!result.succeeded && result.errors.contains("at most"), "\(arguments): \(result.errors)")
      }
    }
  }

  /// Numbers that differ by their last bit, or by nothing that is one.
  @Test func curvesThatHardlyChangeAreDrawn() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      var configuration = Configuration()
      try configuration.apply(assignment: "data.tasks=[depth]")
      try Data(configuration.yaml.utf8).write(to: folder.configuration)
      let values: [(loss: Double, weight: Double, rate: Double)] = [
        (0.1, 1e16, 0), (Double(0.1).nextUp, Double(1e16).nextUp, .leastNonzeroMagnitude), (0.1, 1e16, 0),
      ]
      let lines = values.enumerated().map { index, value in
        #"{"kind":"step","step":\#(index + 1),"losses":{"depth":\#(value.loss)},"weights":{"depth":\#(value.weight)},"learningRate":\#(value.rate),"seconds":1,"waitSeconds":0}"#
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: folder.metrics)
      try RunReport(folder).write()
      let dom = try Browser.dom(of: folder.report, profile: url.appendingPathComponent("profile"))
      #expect(!dom.contains("data-error") && dom.contains("data-drawn=\"3\""))
    }
  }

  /// A page in a real browser: every method has its curve, nothing that a name says is done.
  @Test func aReportOfHostileNamesOpensInABrowser() throws {
    try withTemporaryFolder { folder in
      let labels = [
        "<script>document.title='XSS1'</script>", "</script><script>document.title='XSS2'</script>", "<!--<script>",
        "a\"onmouseover=alert(1) x='", "x\ny", "--> ]]> &lt;b&gt;",
      ]
      let methods = try labels.map { "  \(String(decoding: try JSONEncoder().encode($0), as: UTF8.self)): equal" }
      let study = """
        seeds: [1]
        baselines: false
        configuration:
          data: {height: 32, width: 32, trainingCount: 4, validationCount: 2, tasks: [depth, normals]}
          training: {steps: 3, batchSize: 2}
          network: {encoder: vit-micro}
          run: {threads: 1}
        methods:

        """
      try Data((study + methods.joined(separator: "\n")).utf8).write(to: folder.appendingPathComponent("study.yaml"))
      let compare = try Command.run(["compare", "study.yaml", "--out", "study"], in: folder)
      #expect(compare.succeeded, "\(compare.errors)")
      let probe = """
        <script>window.addEventListener('load', () => {
          const names = [...document.querySelectorAll('figure:has(path.curve)')][0].querySelectorAll('.legend span');
          document.body.dataset.names = btoa(unescape(encodeURIComponent(JSON.stringify([...names].map(n => n.textContent)))));
          document.body.dataset.scripts = document.scripts.length;
          document.body.dataset.handlers = document.querySelectorAll('[onmouseover]').length;
        });</script>
        """
      let report = try String(
        contentsOf: folder.appendingPathComponent("study/report.html"), encoding: .utf8)
      let page = folder.appendingPathComponent("page.html")
      try Data(report.replacing("</body>", with: probe + "</body>").utf8).write(to: page)
      let dom = try Browser.dom(of: page, profile: folder.appendingPathComponent("profile"))
      #expect(!dom.contains("data-error") && dom.contains("data-drawn=\"2\""))
      #expect(dom.contains("data-scripts=\"4\"") && dom.contains("data-handlers=\"0\""))
      #expect(dom.contains("<title>study</title>"))
      let names = try #require(dom.firstMatch(of: /data-names="([^"]*)"/)).1
      let data = try #require(Data(base64Encoded: String(names)))
      #expect(try JSONDecoder().decode([String].self, from: data) == labels)
    }
  }
}
