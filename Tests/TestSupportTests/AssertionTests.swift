import TestSupport
import Testing
import Torch

/// The shared comparisons fail where they have to.
@Suite struct AssertionTests {
  /// Expects that a comparison records an issue.
  private func expectFailure(sourceLocation: SourceLocation = #_sourceLocation, _ comparison: () -> Void) {
    withKnownIssue(sourceLocation: sourceLocation) { comparison() }
  }

  @Test func whatIsCloseIsClose() {
    expectClose([1.0, 2], [1 + 1e-9, 2], tolerance: 1e-8)
    expectClose([Float(1), .infinity], [1.0, .infinity], tolerance: 0)
    expectClose([[1.0], [2, 3]], [[Float(1)], [2, 3]], tolerance: 0)
    expectClose([1.0, nil], [1.1, nil], tolerance: 0.2)
    expectClose(Tensor([Float(1), 2]), Tensor([Float(1), 2.5]), tolerance: 0.5)
    #expect(paired([1, 2], ["a", "b"]).map(\.1) == ["a", "b"])
  }

  @Test func otherNumbersFail() {
    expectFailure { expectClose([1.0, 2, 3], [1, 2.1, 4], tolerance: 0.01) }
    expectFailure { expectClose([Double.nan], [1], tolerance: 1) }
    expectFailure { expectClose([1.0], [Double.nan], tolerance: 1) }
    expectFailure { expectClose([-Double.infinity], [Double.infinity], tolerance: 1) }
    expectFailure { expectClose([[1.0], [2]], [[1.0], [3]], tolerance: 0.5) }
    expectFailure { expectClose(Tensor([Float(1), 2]), Tensor([Float(1), 3]), tolerance: 0.5) }
  }

  @Test func otherCountsAndShapesFail() {
    expectFailure { expectClose([1.0], [1.0, 2], tolerance: 1) }
    expectFailure { expectClose([1.0, 2], [1.0], tolerance: 1) }
    expectFailure { expectClose([[1.0, 2]], [[1.0], [2]], tolerance: 1) }
    expectFailure { expectClose([[1.0]], [[1.0], [2]], tolerance: 1) }
    expectFailure { expectClose([1.0, nil], [nil, 1.0], tolerance: 1) }
    expectFailure { expectClose(Tensor.zeros([2, 3]), .zeros([3, 2]), tolerance: 1) }
    expectFailure { _ = paired([1], [1, 2]) }
  }

  @Test func nothingIsNoComparison() {
    expectFailure { expectClose([Double](), [Double](), tolerance: 1) }
    expectFailure { expectClose([[Double]](), [[Double]](), tolerance: 1) }
    expectFailure { expectClose([Double?](), [Double?](), tolerance: 1) }
    expectFailure { expectClose(Tensor.zeros([0]), .zeros([0]), tolerance: 1) }
    expectFailure { _ = paired([Int](), [Int]()) }
  }
}
