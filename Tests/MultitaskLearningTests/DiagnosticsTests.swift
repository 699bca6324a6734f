import Foundation
import MultitaskLearning
import TestSupport
import Testing
import Torch

@Suite struct DiagnosticsTests {
  @Test func everyCaseOfTheReference() throws {
    let reference = try Reference(
      contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/diagnostics.json"))
    var withCondition = 0
    for record in reference["cases"].array {
      let rows = record["jacobian"].array.map(\.doubles)
      let gramian = Gramian(rows: rows)
      let name = record["name"].string
      #expect(abs(gramian.directionSimilarity - record["gds"].double) < 1e-8, "\(name)")
      #expect(abs(gramian.magnitudeSimilarity - record["gms"].double) < 1e-8, "\(name)")
      for (i, row) in record["cosine"].array.enumerated() {
        for (j, cosine) in row.doubles.enumerated() where rows[i].contains(where: { $0 != 0 }) {
          #expect(abs(gramian.cosine(i, j) - cosine) < 1e-8, "\(name)")
        }
      }
      if record["condition_number"].isNull {
        #expect(gramian.conditionNumber == nil, "\(name)")
      } else {
        let expected = record["condition_number"].double
        let found = try #require(gramian.conditionNumber)
        #expect(abs(found / expected - 1) < 1e-5, "\(name): \(found), not \(expected)")
        withCondition += 1
      }
      let matrix = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
      #expect(abs(featureEntropy(matrix) - record["feature_entropy"].double) < 1e-5, "\(name)")
    }
    #expect(withCondition > 5)
  }

  /// Shrinking all gradients changes neither the entropy of used features nor their fraction.
  @Test func featuresWithoutGradientsAreToldApart() {
    let rows = Tensor([1, 0, 0, 3, 1, 2, 0, 0] as [Float], shape: [2, 4])
    #expect(usedFeatureFraction(rows) == 0.75)
    let entropy = featureEntropy(rows) / usedFeatureFraction(rows)
    #expect(abs(entropy - log(2) / 3) < 1e-6)
    let small = rows * 1e-9
    #expect(usedFeatureFraction(small) == 0.75)
    #expect(abs(featureEntropy(small) / usedFeatureFraction(small) - entropy) < 1e-6)
    #expect(usedFeatureFraction(Tensor.zeros([2, 3])) == 0)
  }

  @Test func rankingsAreComparedPairByPair() {
    #expect(rankingSimilarity([1, 2, 3, 4], [10, 20, 30, 40]) == 1)
    #expect(rankingSimilarity([1, 2, 3, 4], [4, 3, 2, 1]) == 1)
    // Five of six pairs agree.
    #expect(rankingSimilarity([1, 2, 3, 4], [2, 1, 3, 4]) == 5.0 / 6)
    // Half agree: no prediction.
    #expect(rankingSimilarity([1, 2, 3, 4], [2, 4, 1, 3]) == 0.5)
    #expect(rankingSimilarity([1, 1], [1, 2]) == nil)
  }
}
