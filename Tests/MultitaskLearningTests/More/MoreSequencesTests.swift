import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// Every sequence of steps of methods that remember.
@Suite struct MoreSequencesTests {
  private typealias More = MoreReference

  /// Runs a method along the steps of each of its sequences.
  ///
  /// - Returns: the number of steps that were compared.
  private func follow<Method: GradientAggregator>(
    _ name: String, _ make: (Reference, _ taskCount: Int) -> Method,
    rows transform: (_ rows: [[Double]], _ losses: [Double]) -> [[Double]] = { rows, _ in rows },
    check: (inout Method, Reference, Double, String) -> Void = { _, _, _, _ in }
  ) throws -> Int {
    var generator = SeededGenerator(seed: 0)
    var checked = 0
    for sequence in More.sequences(of: name) {
      let input = More.input(of: sequence)
      var method = make(sequence["hyper"], input["K"].int)
      for (index, step) in sequence["steps"].array.enumerated() {
        let what = "\(sequence["name"].string) step \(index)"
        let rows = More.rows(input["jacobians"][index])
        let losses = input["losses"][index].doubles
        let tolerance = sequence["tolerance"].double
        let direction = try method.direction(
          of: More.matrix(transform(rows, losses)), losses: losses, using: &generator)
        More.checkDirection(direction.array(), step["direction"], tolerance, rows: rows, what)
        check(&method, step, tolerance, what)
        checked += 1
      }
    }
    return checked
  }

  @Test func smoothedWeights() throws {
    var generator = SeededGenerator(seed: 0)
    var checked = 0
    for sequence in More.sequences(of: "cr_mogm") {
      let (input, hyper) = (More.input(of: sequence), sequence["hyper"])
      let inner: any GradientAggregator = hyper["inner"].string == "mgda" ? MGDA() : UPGrad()
      let isScheduled = hyper["alpha"].value is [Any]
      var method = WeightSmoothing(of: inner, start: WeightSmoothing.Start(rawValue: hyper["initial"].string)!)
      for (index, step) in sequence["steps"].array.enumerated() {
        let rows = More.rows(input["jacobians"][index])
        method.alpha = isScheduled ? hyper["alpha"][index].double : hyper["alpha"].double
        let what = "\(sequence["name"].string) step \(index)"
        let weights = try method.weights(for: Gramian(rows: rows), using: &generator)
        More.checkNumbers(weights.elements, step["weights"], sequence["tolerance"].double, what)
        More.checkDirection(
          More.combine(weights, rows), step["direction"], sequence["tolerance"].double, rows: rows, what)
        checked += 1
      }
    }
    #expect(checked == 35)
  }

  /// Gradients of the losses' logarithms are what the method is handed.
  @Test func dualBalancing() throws {
    let checked = try follow(
      "db_mtl",
      { hyper, _ in DBMTL(beta: hyper["beta"].double, betaDecay: hyper["betaDecay"].double) },
      rows: { rows, losses in
        paired(rows, losses).map { row, loss in row.map { $0 * LossScale.logarithmic.derivative(at: loss) } }
      },
      check: { method, step, tolerance, what in
        guard step.has("tracked") else { return }
        More.checkNumbers(
          method.tensors.flatMap { $0.tensor.array(of: Double.self) }, step["tracked"], tolerance, what)
      })
    #expect(checked == 50)
  }

  @Test func averagedGradients() throws {
    let checked = try follow(
      "moco",
      { hyper, _ in
        MoCo(
          rates: MoCo.Rates(
            beta: hyper["beta"].double, betaDecay: hyper["betaDecay"].double, gamma: hyper["gamma"].double,
            gammaDecay: hyper["gammaDecay"].double),
          rho: hyper["rho"].double, rows: MoCo.Rows(rawValue: hyper["rows"].string)!,
          simplex: MoCo.Simplex(rawValue: hyper["simplex"].string)!)
      },
      check: { method, step, tolerance, what in
        let source = method.tensors.map { $0.tensor }
        #expect(source.count == step["weights"].array.count)
        guard step.has("tracked") else { return }
        More.checkNumbers(
          method.tensors.flatMap { $0.tensor.array(of: Double.self) }, step["tracked"], tolerance, what)
      })
    #expect(checked == 90)
  }

  @Test func excessRisks() throws {
    var generator = SeededGenerator(seed: 0)
    var checked = 0
    for sequence in More.sequences(of: "excess_mtl") {
      let (input, hyper) = (More.input(of: sequence), sequence["hyper"])
      var method = ExcessMTL(
        stepSize: hyper["stepSize"].double, warmup: hyper["warmup"].int,
        sum: ExcessMTL.Sum(rawValue: hyper["sum"].string)!)
      for (index, step) in sequence["steps"].array.enumerated() {
        let rows = More.rows(input["jacobians"][index])
        let weights = method.weights(
          for: input["losses"][index].doubles, gradients: More.matrix(rows), using: &generator)
        let what = "\(sequence["name"].string) step \(index)"
        More.checkNumbers(weights, step["weights"], sequence["tolerance"].double, what)
        More.checkDirection(
          More.combine(weights, rows), step["direction"], sequence["tolerance"].double, rows: rows, what)
        checked += 1
      }
    }
    #expect(checked == 75)
  }

  /// A task whose gradient was zero in the warm-up begins with its first one.
  @Test func excessRisksBeginWithTheFirstGradient() {
    var generator = SeededGenerator(seed: 0)
    var method = ExcessMTL(stepSize: 1)
    for (rows, isEven) in [([[1.0, 2], [0, 0]], true), ([[1, 1], [1, -1]], false), ([[1, 1], [1, 3]], false)] {
      let weights = method.weights(for: [1, 1], gradients: More.matrix(rows), using: &generator)
      #expect(weights.allSatisfy { $0.isFinite && $0 > 0 } && abs(weights[0] + weights[1] - 2) < 1e-12)
      #expect((weights[0] == weights[1]) == isEven, "\(weights)")
    }
  }

  /// A method's weights on the sequences of three batches, J₁, J₂ and J₃.
  private func followBatches<Method: IndependentBatchAggregator>(
    _ name: String, _ make: (Reference) -> Method
  ) throws -> Int {
    var checked = 0
    for sequence in More.sequences(of: name) {
      let input = More.input(of: sequence)
      var method = make(sequence["hyper"])
      for (index, step) in sequence["steps"].array.enumerated() {
        let batches = input["batches"][index].array.map(More.rows)
        #expect(batches.count == 3)
        let products = CrossProducts(
          taskCount: batches[0].count,
          elements: batches[0].flatMap { a in batches[1].map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } })
        var context = AggregationContext(taskCount: batches[0].count, generator: SeededGenerator(seed: 0))
        let weights = method.weights(forProducts: products, &context)
        let (what, tolerance) = ("\(sequence["name"].string) step \(index)", sequence["tolerance"].double)
        More.checkNumbers(weights.elements, step["weights"], tolerance, what)
        More.checkDirection(More.combine(weights, batches[2]), step["direction"], tolerance, rows: batches[2], what)
        if step.has("direction_two_batches") {
          let sum = zip(batches[0], batches[1]).map { zip($0, $1).map { ($0 + $1) / 2 } }
          More.checkDirection(
            More.combine(weights, sum), step["direction_two_batches"], tolerance, rows: batches[0], what)
        }
        checked += 1
      }
    }
    return checked
  }

  @Test func productsOfTwoBatches() throws {
    let modo = try followBatches("modo") { MoDo(gamma: $0["gamma"].double, rho: $0["rho"].double) }
    #expect(modo == 40)
    let sdmgrad = try followBatches("sdmgrad") { hyper in
      SDMGrad(
        lambda: hyper["lambda"].double, learningRate: hyper["learningRate"].double,
        momentum: hyper["momentum"].double, iterations: hyper["iterations"].int,
        preference: hyper.has("preference") ? hyper["preference"].doubles : nil)
    }
    #expect(sdmgrad == 72)
  }

  /// One task's gradient in a step, in turn.
  @Test func momentumOfOneTaskAfterAnother() throws {
    var generator = SeededGenerator(seed: 0)
    var checked = 0
    for sequence in More.sequences(of: "m_config") {
      let (input, hyper) = (More.input(of: sequence), sequence["hyper"])
      var method = MomentumConFIG(beta1: hyper["beta1"].double, beta2: hyper["beta2"].double)
      for (index, step) in sequence["steps"].array.enumerated() {
        let rows = More.rows(input["jacobians"][step["step"].int])
        let gradients = More.matrix([rows[step["task"].int]])
        let direction = gradients.makeDirection()
        var context = AggregationContext(
          tasks: [step["task"].int], taskCount: input["K"].int, losses: [], generator: generator)
        try method.writeDirection(of: gradients, into: direction, &context)
        generator = context.generator
        More.checkDirection(
          direction.array(), step["direction"], sequence["tolerance"].double, rows: rows,
          "\(sequence["name"].string) step \(index)")
        checked += 1
      }
    }
    #expect(checked == 20)
  }

  @Test func primaryTasks() throws {
    let checked = try follow(
      "pcd",
      { hyper, count in
        PCD(
          gains: [Double](repeating: hyper["tau"].double, count: count), beta: hyper["beta"].double,
          epsilon: hyper["epsilon"].double)
      })
    #expect(checked == 55)
  }
}
