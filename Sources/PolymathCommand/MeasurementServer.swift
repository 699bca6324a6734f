import Experiments
import Foundation

/// Answers every line on standard input with one measurement, so that another program can alternate between this
/// process and others.
enum MeasurementServer {
  private struct Answer: Encodable {
    let seconds: [Double]
    let peakBytes: Int
  }

  static func serve(_ measure: () throws -> [Double]) throws {
    print("ready")
    fflush(nil)
    while readLine() != nil {
      let seconds = try measure()
      let answer = Answer(seconds: seconds, peakBytes: ProcessMemory.peak)
      print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
      fflush(nil)
    }
  }
}
