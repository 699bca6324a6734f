import Foundation
import Testing
import Torch

@Suite struct TensorTests {
  private let grid = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])

  @Test func indexingFollowsNumPy() {
    #expect(grid[1, 2, 3].item == 23)
    #expect(grid[-1, 0, 0].item == 12)
    #expect(grid[0, 1..<3, .every(2)].array(of: Float.self) == [4, 6, 8, 10])
    #expect(grid[.ellipsis, 0].array(of: Float.self) == [0, 4, 8, 12, 16, 20])
    #expect(grid[0, .newAxis, 1...].shape == [1, 2, 4])
    #expect(grid[.all, 2].shape == [2, 4])
    #expect(grid[0, 0, (-3)...(-1)].array(of: Float.self) == [1, 2, 3])
    #expect(grid[grid .> 21].array(of: Float.self) == [22, 23])
    #expect(grid[.all, Tensor([2, 0] as [Int])].shape == [2, 2, 4])
    #expect(grid[0][Tensor([2, 0] as [Int]), 1].array(of: Float.self) == [9, 1])
  }

  @Test func assignmentWritesThroughViews() {
    let copy = grid.copied()
    copy[0, 1] = Tensor([9, 9, 9, 9] as [Float])
    copy[copy .> 20] = Tensor(scalar: -1 as Float)
    #expect(copy[0, 1].array(of: Float.self) == [9, 9, 9, 9])
    #expect(copy[1, 2].array(of: Float.self) == [20, -1, -1, -1])
    #expect(grid[0, 1, 0].item == 4)
  }

  @Test func arraysAreNotSharedWithTheirSource() {
    let numbers: [Float] = [1, 2, 3]
    let tensor = Tensor(numbers)
    tensor.fill(7)
    #expect(numbers == [1, 2, 3])
    #expect(tensor.array(of: Float.self) == [7, 7, 7])
  }

  @Test func conversionsKeepValues() {
    #expect(Tensor([1, 2] as [Int]).dtype == .int64)
    #expect(Tensor([1.9, -1.9] as [Double]).array(of: Int.self) == [1, -1])
    #expect(Tensor([true, false]).array(of: Float.self) == [1, 0])
    #expect(Tensor([0.5] as [Float]).to(.bfloat16).array(of: Double.self) == [0.5])
    #expect(Tensor([] as [Float]).shape == [0])
  }

  @Test func printsLikeNumPy() {
    #expect("\(Tensor([1, 20, 300] as [Int]))" == "[  1,  20, 300] int64[3]")
    #expect("\(Tensor([0.5, -1] as [Float], shape: [2, 1]))" == "[[0.5],\n [ -1]] float32[2, 1]")
    #expect("\(Tensor.zeros([2000]))".contains("…"))
  }

  @Test func operatorsThatFailNameThemselvesAndTheShapes() throws {
    let matmul = Operator("matmul")
    #expect {
      try matmul.attempt([.tensor(.zeros([2, 3])), .tensor(.zeros([4, 5]))])
    } throws: { error in
      let text = "\(error)"
      return text.contains("aten::matmul") && text.contains("float32[2, 3]") && text.contains("float32[4, 5]")
    }
  }

  @Test func aWrongShapeStopsTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3]).matmul(.zeros([4, 5])) }
  }

  @Test func generatorsContinueFromTheirState() {
    let generator = RandomGenerator(seed: 3)
    _ = generator.normal([5])
    let state = generator.state
    let first = generator.uniform([100]).array(of: Float.self)
    generator.state = state
    #expect(generator.uniform([100]).array(of: Float.self) == first)
    #expect(RandomGenerator(seed: 4).permutation(10).sorted() == Array(0..<10))
  }

  @Test func devicesAreReadFromText() throws {
    #expect(try Device(parsing: "cpu") == .cpu)
    for text in ["gpu", "cuda:x", "cpu:1", ""] {
      #expect(throws: TorchError.self) { try Device(parsing: text) }
    }
    if !Device.cuda().isAvailable {
      #expect { try Device(parsing: "cuda") } throws: { "\($0)".contains("no such GPU") }
    }
  }

  @Test func autocastComputesProductsInBfloat16AndEndsWithItsBody() {
    let a = Tensor.ones([4, 4])
    #expect(withAutocast(.cpu) { a.matmul(a) }.dtype == .bfloat16)
    #expect(a.matmul(a).dtype == .float32)
    let (image, kernel) = (Tensor.ones([1, 2, 4, 4]), Tensor.ones([2, 2, 1, 1]))
    #expect(withAutocast(.cpu) { image.convolved(kernel) }.dtype == .bfloat16)
    #expect(withAutocast(.cpu) { image.convolvedTransposed(kernel) }.dtype == .bfloat16)
  }
}
