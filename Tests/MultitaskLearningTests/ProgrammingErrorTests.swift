import MultitaskLearning
import NeuralNetworks
import Testing

/// Values that a method cannot have stop the program with what was wrong, in release builds, too.
@Suite struct ProgrammingErrorTests {
  private func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func methodsRefuseValuesOutsideOfTheirRanges() async {
    let nash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = NashMTL(updateEvery: 0)
    }
    #expect(message(nash).contains("updateEvery is 0, but has to be at least 1"))
    let cagrad = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = CAGrad(rescale: 7)
    }
    #expect(message(cagrad).contains("rescale is 7"))
    let gradvac = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GradVac(beta: 7)
    }
    #expect(message(gradvac).contains("beta is 7.0"))
    let adam = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { _ = Adam(beta1: 7) }
    #expect(message(adam).contains("beta1 is 7.0"))
  }

  @Test func shapesThatDoNotFitAreSaid() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Gramian(taskCount: 2, elements: [1, 2, 3])
    }
    #expect(message(result).contains("3 elements for 2 tasks"))
  }
}
