import Foundation

/// The learning rate over a training of known length, as a factor on the base rate.
public struct LearningRateSchedule: Sendable, Equatable {
  /// How the rate changes after the warm-up.
  public enum Shape: Sendable, Equatable {
    case constant
    /// `(1 − t)^power`, with t from 0 to 1.
    case polynomial(power: Double)
    /// Half a cosine from 1 down to 0.
    case cosine
    /// Multiplied by `factor` at each milestone (a share of the training).
    case multiStep(milestones: [Double], factor: Double)
  }

  /// How the rate changes after the warm-up.
  public var shape: Shape
  /// Steps in which the rate first rises linearly.
  public var warmUpSteps: Int
  /// The length of the training, with the warm-up.
  public var totalSteps: Int

  /// Creates a schedule for a training of `totalSteps` steps.
  public init(_ shape: Shape, warmUpSteps: Int = 0, totalSteps: Int) {
    self.shape = shape
    self.warmUpSteps = warmUpSteps
    self.totalSteps = totalSteps
  }

  /// - Parameter step: zero-based.
  public func factor(at step: Int) -> Double {
    if step < warmUpSteps { return Double(step + 1) / Double(warmUpSteps + 1) }
    let length = max(1, totalSteps - warmUpSteps)
    let progress = min(1, Double(step - warmUpSteps) / Double(length))
    switch shape {
    case .constant: return 1
    case .polynomial(let power): return pow(1 - progress, power)
    case .cosine: return 0.5 * (1 + cos(.pi * progress))
    case .multiStep(let milestones, let factor):
      return pow(factor, Double(milestones.count { progress >= $0 }))
    }
  }
}
