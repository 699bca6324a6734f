import Foundation
import TestSupport
import Testing
import Torch

/// The command as a person runs it: real processes, real files.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CommandTests {
  private static let micro = [
    "--set", "data.trainingCount=12", "--set", "data.validationCount=4", "--set", "data.height=32", "--set",
    "data.width=32", "--set", "network.encoder=vit_micro", "--set", "training.batchSize=2", "--set",
    "training.evaluateEvery=0", "--set", "run.threads=2",
  ]

  /// The steps' losses as they stand in the file.
  private func losses(_ run: URL) throws -> [Int: String] {
    let text = try String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    var result: [Int: String] = [:]
    for line in text.split(separator: "\n") {
      guard let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        record["kind"] as? String == "step", let step = record["step"] as? Int
      else { continue }
      let losses = record["losses"] as! [String: Double]
      result[step] = losses.sorted { $0.key < $1.key }.map { "\($0)=\($1.bitPattern)" }.joined(separator: " ")
    }
    return result
  }

  @Test func trainEvaluatePredict() throws {
    try withTemporaryFolder { folder in
      let train = try Command.run(["train", "--out", "run", "--set", "training.steps=3"] + Self.micro, in: folder)
      #expect(train.succeeded, "\(train.errors)")
      #expect(train.output.contains("Trivial") && train.output.contains("report.html"))
      #expect(!train.errors.contains("\u{1B}"))  // No terminal, no escape codes.
      let evaluate = try Command.run(["evaluate", "run", "--checkpoint", "last"], in: folder)
      #expect(evaluate.succeeded && evaluate.output.contains("mIoU"))
      let picture = folder.appendingPathComponent("run/predictions/0-input.png").path
      let predict = try Command.run(["predict", "run", picture, "--out", "drawn"], in: folder)
      #expect(predict.succeeded, "\(predict.errors)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("drawn").path).count == 5)
      // Pictures are not lost to predictions.
      let own = folder.appendingPathComponent("mine/input-depth.png")
      try FileManager.default.createDirectory(
        at: own.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: picture, toPath: own.path)
      try FileManager.default.copyItem(
        atPath: picture, toPath: own.deletingLastPathComponent().appendingPathComponent("input.png").path)
      let link = folder.appendingPathComponent("link")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: own.deletingLastPathComponent())
      let lost = try Command.run(
        ["predict", "run", "mine/input.png", own.path, "--out", "link"], in: folder)
      #expect(!lost.succeeded && lost.errors.contains("would be overwritten"), "\(lost.errors)")
      #expect(try Data(contentsOf: own) == Data(contentsOf: URL(fileURLWithPath: picture)))
      let gallery = try Command.run(["predict", "run", picture, "--out", "run/predictions"], in: folder)
      #expect(!gallery.succeeded && gallery.errors.contains("the run's own images"), "\(gallery.errors)")
      let printed = try Command.run(["train", "--resume", "--out", "run", "--print-configuration"], in: folder)
      #expect(printed.output.contains("steps: 3 "))
      // What is asked of a resumed run is asked of its own configuration.
      let same = try Command.run(
        ["train", "--resume", "--out", "run", "--set", "training.steps=3"], in: folder)
      #expect(same.succeeded, "\(same.errors)")
      let longer = try Command.run(["train", "--resume", "--out", "run", "--set", "training.steps=9"], in: folder)
      #expect(!longer.succeeded && longer.errors.contains("there: steps: 3, now: steps: 9"), "\(longer.errors)")
      let method = try Command.run(["train", "--resume", "--out", "run", "--method", "graddrop"], in: folder)
      #expect(method.errors.contains("now: aggregator: graddrop"), "\(method.errors)")
      // Past the command line, errors say what is wrong, and not how commands are used.
      let word = try Command.run(["evaluate", "run", "--checkpoint", "worst"], in: folder)
      #expect(word.status == 1 && word.errors == "Error: --checkpoint is 'worst', but has to be best or last\n")
      let misspelled = try Command.run(["trian"], in: folder)
      #expect(misspelled.status == 1 && misspelled.errors.contains("Did you mean 'train'?"), "\(misspelled.errors)")
      try FileManager.default.removeItem(at: folder.appendingPathComponent("run/checkpoints/best.json"))
      #expect(try Command.run(["evaluate", "run"], in: folder).errors.contains("but --checkpoint last is there"))
      try Data().write(to: folder.appendingPathComponent("run/metrics.jsonl"))
      let summary = try Data(contentsOf: folder.appendingPathComponent("run/summary.json"))
      let resumed = try Command.run(["train", "--resume", "--out", "run"], in: folder)
      #expect(!resumed.succeeded && resumed.errors.contains("ends at step 0, but the checkpoint is of step 3"))
      #expect(try Data(contentsOf: folder.appendingPathComponent("run/summary.json")) == summary)
      try Data().write(to: folder.appendingPathComponent("run/config.yaml"))
      #expect(try Command.run(["evaluate", "run"], in: folder).errors.contains("config.yaml: is empty"))
    }
  }

  /// The process dies at random moments, again and again; the run that comes of it is the one that never stopped.
  @Test func killedRunsGoOnExactly() throws {
    try withTemporaryFolder { folder in
      let steps = 40
      let arguments =
        ["--set", "training.steps=\(steps)", "--set", "training.checkpointEvery=1", "--method", "uw+pcgrad"]
        + Self.micro
      let whole = try Command.run(["train", "--out", "whole"] + arguments, in: folder)
      #expect(whole.succeeded, "\(whole.errors)")

      var generator = SystemRandomNumberGenerator()
      let run = folder.appendingPathComponent("killed")
      var kills = 0
      var process = try Command.start(["train", "--out", "killed"] + arguments, in: folder).process
      while kills < 6 {
        // Until training has begun, then some more: anywhere between two steps or within one, or within a save.
        let known = (try? losses(run).count) ?? 0
        while process.isRunning, ((try? losses(run).count) ?? 0) <= known { usleep(2000) }
        usleep(.random(in: 0...60_000, using: &generator))
        guard process.isRunning else { break }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        kills += 1
        process = try Command.start(["train", "--out", "killed", "--resume"], in: folder).process
      }
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(kills >= 3)
      #expect(try losses(run) == losses(folder.appendingPathComponent("whole")))
      #expect(try losses(run).count == steps)
    }
  }

  @Test(arguments: [SIGINT, SIGHUP]) func interruptingSavesAndExits(_ signal: Int32) throws {
    try withTemporaryFolder { folder in
      let arguments =
        ["train", "--out", "run", "--set", "training.steps=100000", "--set", "training.checkpointEvery=0"] + Self.micro
      let (process, output, _) = try Command.start(arguments, in: folder)
      let run = folder.appendingPathComponent("run")
      while process.isRunning, ((try? losses(run).count) ?? 0) < 3 { usleep(10_000) }
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationStatus == 128 + signal)
      let text = try String(contentsOf: output, encoding: .utf8)
      #expect(text.contains("everything is saved") && text.contains("--resume"))
      let checkpoint =
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: run.appendingPathComponent("checkpoints/last.json"))) as! [String: Any]
      #expect(checkpoint["step"] as? Int == (try losses(run).count))
    }
  }

  /// A limit on the size of files stands for a full disk: writing fails in the middle of a checkpoint.
  @Test func aFullDiskLeavesTheCheckpointThatWasThere() throws {
    try withTemporaryFolder { folder in
      let arguments = ["--set", "training.steps=100000", "--set", "training.checkpointEvery=1"] + Self.micro
      let (process, _, _) = try Command.start(["train", "--out", "run"] + arguments, in: folder)
      let run = folder.appendingPathComponent("run")
      while process.isRunning, ((try? losses(run).count) ?? 0) < 3 { usleep(10_000) }
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()

      let checkpoints = run.appendingPathComponent("checkpoints")
      func content() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
        return Dictionary(
          uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: checkpoints.appendingPathComponent($0))) })
      }
      let before = try content()
      #expect(before.count == 2)
      let full = try Command.run(["train", "--out", "run", "--resume"], in: folder, shellLimit: "-f 300")
      #expect(!full.succeeded && full.errors.contains("cannot be written") && full.errors.contains("checkpoints"))
      #expect(try content() == before)
    }
  }

  @Test func mistakesAreAnswered() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: folder.appendingPathComponent(".file"))
      let mistakes: [([String], String)] = [
        (["train", "--method", "pcgrd"], "Did you mean 'pcgrad'?"),
        (["train", "none.yaml"], "none.yaml: does not exist"),
        (["train", "--set", "training.stps=1"], "Did you mean 'steps'?"),
        (["train", "--set", ""], "a setting looks like"),
        (["train", "--set", "height=32"], "the field is called data.height"),
        (["train", "--set", "data=3"], "is a section, of which one field has to be named"),
        (["train", "--set", "data.height="], "has no value"),
        (["train", "--set", "method=uw"], "the option --method"),
        (["train", "--set", "dta.height=3"], "workload, run, data"),
        (["train", "--print-configuration", "--set", "data.tasks=[depth, depth]"], "twice"),
        (["train", "."], "is a folder, but has to be a YAML file"),
        (["train", "--method", "pcgrad+mgda"], "are both a gradient aggregator"),
        (["train", "--method", "uw+"], "one is missing"),
        (["train", "--out", ""], "--out is empty"),
        (["bench", "step", "--tasks", "-2"], "have to be above 0"),
        (["train", "--resume", "--out", "nowhere", "--print-configuration"], "does not exist"),
        (["analyze", "nowhere", "--tokens", "--ratio", "-1"], "has to be above 0"),
        (["analyze", "nowhere"], "--tokens, --layers or --gates"),
        (["analyze", "nowhere", "--layers"], "does not exist"),
        (["train", "--set", "network.encoder=resnet81"], "Did you mean 'resnet18'?"),
        (["train", "--set", "network.weights=none.safetensors"], "none.safetensors"),
        (["train", "--set", "run.device=cuda:7"], "no such GPU"),
        (["train", "--set", "data.folder=nowhere"], "nowhere: does not exist"),
        (["train", "--resume"], "--out"),
        (["evaluate", "nowhere"], "does not exist"),
        (["predict", "nowhere", "nothing.png"], "nothing.png: does not exist"),
        (["methods", "pgrad"], "Did you mean 'pcgrad'?"),
        (["methods", "uw+pgrad"], "Did you mean 'pcgrad'?"),
        (
          ["train", "--method", "gradnorm+alternating"], "gradnorm needs all tasks' gradients at once, but alternating"
        ),
        (["encode", "resnet19", "--weights", "a", "--input", "b", "--output", "c"], "Did you mean 'resnet18'?"),
        (["encode", "resnet18", "--weights", "a", "--input", "b", "--output", "./a"], "the file of --weights"),
        (["encode", "resnet18", "--weights", "a", "--input", "b", "--output", "b"], "the file of --input"),
        (["data", "scenes", "--out", "x", "--tasks", "dept"], "Did you mean 'depth'?"),
        (["data", "scenes", "--out", "x", "--height", "5"], "--height is 5, but has to be from 16 to 8192"),
        (["data", "scenes", "--out", ".file/x", "--count", "1"], ".file: is a file, not a folder"),
        (["data", "scnes"], "Did you mean 'scenes'?"),
        (["bench", "stp"], "Did you mean 'step'?"),
      ]
      for (arguments, answer) in mistakes {
        let result = try Command.run(arguments, in: folder)
        #expect(!result.succeeded, "\(arguments)")
        #expect(result.errors.contains(answer), "\(arguments): \(result.errors)")
      }
      // Nothing was left behind by any of them.
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
      #expect(left.isEmpty)
    }
  }

  @Test func encodersGiveTheFeaturesOfTheReference() throws {
    try withTemporaryFolder { folder in
      let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let weights = resources.appendingPathComponent("TorchTests/Resources/safetensors/vit_micro_f32.safetensors").path
      let reference = try Reference(
        contentsOf: resources.appendingPathComponent("VisionNetworksTests/Resources/vit_micro.json"))
      for (variant, size) in [("square_32x32", "a"), ("dynamic_img_size_40x48", "b")] {
        let record = reference["variants"][variant]
        let input = folder.appendingPathComponent("\(size).safetensors")
        try Safetensors.write([("x", FillFormula.image("input", record["input"].ints))], to: input)
        let result = try Command.run(
          [
            "encode", "vit_micro", "--weights", weights, "--input", input.path, "--output", "y.safetensors", "--blocks",
            "0,2",
          ],
          in: folder)
        #expect(result.succeeded, "\(result.errors)")
        let output = try SafetensorsFile(contentsOf: folder.appendingPathComponent("y.safetensors"))
        #expect(Set(output.names) == ["tokens", "block0", "block2"])
        for name in output.names { expect(try output.tensor(name), matches: record["out"][name], "\(variant) \(name)") }
      }
      let foreign = try Command.run(
        ["encode", "resnet18", "--weights", weights, "--input", "a.safetensors", "--output", "z.safetensors"],
        in: folder)
      #expect(foreign.errors.contains("not this network's weights"))
    }
  }

  /// The report in a real browser: all charts drawn, all pictures decoded, no script error.
  @Test func theReportOpensInABrowser() throws {
    try withTemporaryFolder { folder in
      let train = try Command.run(
        ["train", "--out", "run", "--set", "training.steps=4", "--set", "diagnostics.every=1"] + Self.micro,
        in: folder)
      #expect(train.succeeded, "\(train.errors)")
      // Appended to the page under test: counts what the browser really shows.
      let report = folder.appendingPathComponent("run/report.html")
      let probe = """
        <script>window.addEventListener('load', () => {
          const images = [...document.images];
          document.body.dataset.images = images.length;
          document.body.dataset.decoded = images.filter(i => i.complete && i.naturalWidth > 0).length;
          document.body.dataset.curves = [...document.querySelectorAll('path.curve')].filter(p => p.getTotalLength() > 0).length;
        });</script>
        """
      let page = try String(contentsOf: report, encoding: .utf8).replacing("</body>", with: probe + "</body>")
      try Data(page.utf8).write(to: folder.appendingPathComponent("page.html"))
      let browser = Process()
      browser.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      browser.arguments = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
        "--dump-dom",
        folder.appendingPathComponent("page.html").absoluteString,
      ]
      let output = folder.appendingPathComponent("dom.html")
      _ = FileManager.default.createFile(atPath: output.path, contents: nil)
      browser.standardOutput = try FileHandle(forWritingTo: output)
      browser.standardError = FileHandle.nullDevice
      try browser.run()
      browser.waitUntilExit()
      let dom = try String(contentsOf: output, encoding: .utf8)
      #expect(browser.terminationStatus == 0, "chromium is needed: script/test installs it")
      #expect(!dom.contains("data-error"))
      // Four samples: a picture, and truth and prediction of five tasks.
      #expect(dom.contains("data-images=\"44\"") && dom.contains("data-decoded=\"44\""))
      let curves = dom.firstMatch(of: /data-curves="(\d+)"/).flatMap { Int($0.1) } ?? 0
      #expect(curves >= 5 + 10 + 5)
      #expect(dom.contains("data-drawn=\"12\""))
    }
  }
}
