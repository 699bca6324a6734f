import MultitaskLearning
import TestSupport
import Testing

/// Entries of methods that a library user writes: mistakes in them are named.
@Suite struct MethodEntryTests {
  private enum Word: String {
    case one
  }

  /// An entry that asks for values in some way.
  private static func entry(
    _ parameters: [MethodParameter], asking ask: @escaping @Sendable (MethodSettings) -> Void
  ) -> MethodEntry<any GradientAggregator> {
    MethodEntry("mine", summary: "", paper: "", parameters: parameters) { settings in
      ask(settings)
      return GradientSum()
    }
  }

  private static let parameters = [
    MethodParameter("real", .real(0...1), default: .number(0.5), ""),
    MethodParameter("whole", .integer(1...9), default: .number(3), ""),
    MethodParameter("word", .choice(["one", "two"]), default: .text("one"), ""),
    MethodParameter("flag", .boolean, default: .text("true"), ""),
    MethodParameter("perTask", .taskNumbers(0...1), default: nil, ""),
    MethodParameter("late", .integer(0...9), default: nil, ""),
  ]

  @Test func valuesComeAsTheyAreDeclared() throws {
    let entry = Self.entry(Self.parameters) { settings in
      #expect(settings.number("real") == 0.5 && settings.integer("whole") == 4 && settings.number("whole") == 4)
      #expect(settings.choice("word", of: Word.self) == .one && settings.boolean("flag"))
      #expect(settings.taskNumbers("perTask") == ["a": 1] && settings.optionalInteger("late") == nil)
      #expect(settings.optionalNumber("late") == nil && settings.optionalText("word") == "one")
    }
    _ = try entry.make(["whole": .number(4), "perTask": .numbers(["a": 1])], tasks: ["a", "b"])
    for wrong in [MethodSetting.number(4.5), .number(.nan), .number(1e300), .text("4"), .number(10)] {
      #expect {
        _ = try entry.make(["whole": wrong], tasks: ["a"])
      } throws: { "\($0)".contains("mine: 'whole' is") && "\($0)".contains("a whole number from 1 to 9") }
    }
    #expect { _ = try entry.make(["perTask": .numbers(["a": .infinity])], tasks: ["a"]) } throws: {
      "\($0)".contains("has to be a number from 0.0 to 1.0 for each task")
    }
    let long = String(repeating: "x", count: 10_000)
    for settings in [["word": MethodSetting.text(long)], [long: .number(1)], ["perTask": .numbers([long: 1])]] {
      #expect { _ = try entry.make(settings, tasks: ["a"]) } throws: { "\($0)".count < 400 }
    }
  }

  @Test func openRangesAreFinite() {
    let entry = Self.entry([MethodParameter("x", .real(0...Double.infinity), default: nil, "")]) { _ in }
    #expect { _ = try entry.make(["x": .number(.infinity)], tasks: ["a"]) } throws: {
      "\($0)".contains("'x' is inf, but has to be a number of at least 0.0")
    }
  }

  /// - Returns: what the process that ran `ask` said.
  private func lastWords(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func anUndeclaredParameterStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Self.entry(Self.parameters) { _ = $0.boolean("flags") }.make(tasks: ["a"])
    }
    #expect(lastWords(result).contains("mine: the parameter 'flags' is asked for, but its entry does not declare it"))
  }

  @Test func anotherKindStops() async {
    let text = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Self.entry(Self.parameters) { _ = $0.number("word") }.make(tasks: ["a"])
    }
    #expect(
      lastWords(text).contains("mine: the parameter 'word' is asked for as a number, but declared as one of one, two"))
    let real = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Self.entry(Self.parameters) { _ = $0.integer("real") }.make(tasks: ["a"])
    }
    #expect(lastWords(real).contains("'real' is asked for as a whole number"))
    let optional = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Self.entry(Self.parameters) { _ = $0.taskNumbers("late") }.make(tasks: ["a"])
    }
    #expect(lastWords(optional).contains("'late' is asked for as a number for each task"))
  }

  @Test func aWordThatTheTypeLacksStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Self.entry(Self.parameters) { _ = $0.choice("word", of: Word.self) }
        .make(["word": .text("two")], tasks: ["a"])
    }
    #expect(lastWords(result).contains("mine: the parameter 'word' allows 'two', which Word does not have"))
  }

  @Test func aMissingValueStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Self.entry(Self.parameters) { _ = $0.integer("late") }.make(tasks: ["a"])
    }
    #expect(lastWords(result).contains("mine: the parameter 'late' has no default"))
  }

  @Test func aDefaultThatIsNotAllowedStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Self.entry([MethodParameter("x", .integer(1...9), default: .number(0), "")]) { _ in }
    }
    #expect(lastWords(result).contains("mine: the default of 'x' is 0, but has to be a whole number from 1 to 9"))
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Self.entry([Self.parameters[0], Self.parameters[0]]) { _ in }
    }
    #expect(lastWords(twice).contains("mine declares the parameter 'real' twice"))
  }

  /// Entries of the registry hold for trainings of any length that somebody states.
  @Test func schedulesOfTrainingsOfAnyLength() throws {
    let tasks = ["a", "b"]
    for entry in MethodRegistry.schedules {
      for steps in [Int.min, -1, 0, 1, 2, 20, 1_000_000_000, Int.max] {
        for settings in [[:], ["epoch": MethodSetting.number(1)], ["epoch": .number(1e9)]] {
          guard settings.isEmpty || entry.parameters.contains(where: { $0.name == "epoch" }) else { continue }
          do { _ = try entry.make(settings, tasks: tasks, totalSteps: steps) } catch {
            #expect("\(error)".contains("epoch"), "\(entry.name) \(steps)")
          }
        }
      }
    }
  }

  @Test func everyWholeNumberHasALimit() {
    func limits<Method>(_ entries: [MethodEntry<Method>]) -> [(String, Int)] {
      entries.flatMap { entry in
        entry.parameters.compactMap { parameter in
          if case .integer(let range) = parameter.kind {
            ("\(entry.name).\(parameter.name)", range.upperBound)
          } else {
            nil
          }
        }
      }
    }
    let found =
      limits(MethodRegistry.weightings.entries) + limits(MethodRegistry.aggregators.entries)
      + limits(MethodRegistry.schedules.entries) + limits(MethodRegistry.adaptations.entries)
    #expect(found.count > 5)
    for (name, limit) in found { #expect(limit <= 1_000_000_000, "\(name)") }
  }
}
