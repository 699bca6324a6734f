import Foundation
import TestSupport
import Testing
import Torch

@Suite struct OperatorCallTests {
  @Test func everyOperatorIsSeen() {
    let a = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    var calls: [OperatorCall] = []
    let sum = observingOperators({ calls.append($0) }) { (a.matmul(a) + a).sum() }
    #expect(calls.map(\.name) == ["aten::matmul", "aten::add.Tensor", "aten::sum"])
    #expect(calls.map(\.work) == [.products(8), .elements(4), .elements(4)])
    #expect(calls[2].results[0].item == sum.item)
    #expect(calls[0].tensors.count == 2)
    // What follows is not observed, nor what an observer does itself.
    _ = a + a
    #expect(calls.count == 3)
    var count = 0
    observingOperators({ _ in
      count += 1
      _ = a * a
    }) { _ = a + a }
    #expect(count == 1)
  }

  @Test func innerObservationsSeeTheirOwn() {
    let a = Tensor([1, 2] as [Float])
    var (outer, inner) = ([String](), [String]())
    observingOperators({ outer.append($0.name) }) {
      _ = a + a
      observingOperators({ inner.append($0.name) }) { _ = a * a }
      _ = a - a
    }
    #expect(outer == ["aten::add.Tensor", "aten::sub.Tensor"])
    #expect(inner == ["aten::mul.Tensor"])
  }

  @Test func workOfProducts() {
    func work(_ body: () -> Void) -> [OperatorWork] {
      var work: [OperatorWork] = []
      observingOperators({ work.append($0.work) }, body)
      return work
    }
    let image = Tensor.zeros([2, 4, 6, 6])
    let kernel = Tensor.zeros([8, 2, 3, 3])
    #expect(work { _ = image.convolved(kernel, padding: 1, groups: 2) } == [.products(2 * 8 * 36 * 2 * 9)])
    let enlarging = Tensor.zeros([4, 8, 2, 2])
    #expect(work { _ = image.convolvedTransposed(enlarging, stride: 2) } == [.products(2 * 4 * 36 * 8 * 4)])
    let (query, key) = (Tensor.zeros([1, 3, 5, 4]), Tensor.zeros([1, 3, 7, 4]))
    #expect(work { _ = Tensor.attention(query: query, key: key, value: key) } == [.products(2 * 3 * 5 * 7 * 4)])
    let (tokens, weight) = (Tensor.zeros([2, 5, 4]), Tensor.zeros([6, 4]))
    #expect(work { _ = tokens.linear(weight) } == [.products(2 * 5 * 6 * 4)])
    #expect(work { _ = tokens.reshaped([10, 4]).transposed(0, 1) } == [.none, .none])
    #expect(work { _ = tokens.gelu() } == [.elements(40)])
  }

  /// On the device without elements, results have the shapes that they have elsewhere.
  @Test func shapesWithoutElements() {
    let image = Tensor.ones([2, 4, 9, 7])
    let kernel = Tensor.ones([6, 4, 3, 3])
    let indices = Tensor([3, 0, 1] as [Int], shape: [3])
    let cases: [(String, (Tensor, Tensor, Tensor) -> Tensor)] = [
      ("convolution", { x, w, _ in x.convolved(w, stride: 2, padding: 1, dilation: 2) }),
      ("grouped", { x, w, _ in x.convolved(w[.all, ..<2], groups: 2) }),
      ("transposed", { x, w, _ in x.convolvedTransposed(w[..<4], stride: 3, padding: 1, outputPadding: 2) }),
      (
        "batch norm",
        { x, _, _ in
          x.batchNormalized(
            weight: nil, bias: nil, runningMean: nil, runningVariance: nil, usesBatch: true, momentum: 0.1,
            epsilon: 1e-5)
        }
      ),
      ("layer norm", { x, _, _ in x.layerNormalized(weight: nil, bias: nil, epsilon: 1e-5) }),
      ("group norm", { x, _, _ in x.groupNormalized(groups: 2, weight: nil, bias: nil, epsilon: 1e-5) }),
      ("attention", { x, _, _ in Tensor.attention(query: x, key: x[.all, .all, ..<5], value: x[.all, .all, ..<5]) }),
      ("average pooling", { x, _, _ in x.adaptiveAveragePooled(height: 3, width: 2) }),
      ("selection", { x, _, i in x.selecting(i, axis: 1) }),
      ("choice", { x, _, _ in (x .> 0).choose(x, x[.all, ..<1]) }),
      ("max pooling", { x, _, _ in x.maxPooled(kernel: 3, stride: 2, padding: 1) }),
      (
        "unpooling",
        { x, _, _ in
          let pooled = x.maxPooledWithIndices(kernel: 2, stride: 2)
          return pooled.values.maxUnpooled(pooled.indices, height: 9, width: 7)
        }
      ),
      ("activations", { x, _, _ in x.relu().abs() }),
      ("resizing", { x, _, _ in x.resized(height: 5, width: 20, .bicubicAntialiased) }),
    ]
    for (name, body) in cases {
      let expected = body(image, kernel, indices)
      let found = body(image.to(.meta), kernel.to(.meta), indices.to(.meta))
      #expect(found.shape == expected.shape && found.dtype == expected.dtype, "\(name): \(found.signature)")
      #expect(found.device == .meta, "\(name)")
    }
  }

  @Test func theDeviceWithoutElements() {
    #expect(Device.meta.isAvailable)
    #expect(Tensor.zeros([2], device: .meta).device == .meta)
    #expect("\(Device.meta)" == "meta")
    #expect(throws: TorchError.self) { try Device(parsing: "meta") }
    // What depends on values goes the way of zeros.
    #expect(Tensor.ones([2], device: .meta).array(of: Float.self) == [0, 0])
    // An exabyte of no elements.
    #expect(Tensor.zeros([1 << 29, 1 << 29], device: .meta).count == 1 << 58)
  }
}
