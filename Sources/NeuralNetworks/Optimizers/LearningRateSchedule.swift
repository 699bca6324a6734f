import Foundation

/// The learning rate over a training of known length, as a factor on the base rate.
public struct LearningRateSchedule: Sendable, Equatable {
  /// How the rate changes after the warm-up, with the progress `t` of the steps that are left from 0 to 1.
  public enum Shape: Sendable, Equatable {
    /// The factor stays 1.
    case constant
    /// The factor is `(1 − t)^power`.
    case polynomial(power: Double)
    /// The factor follows half a cosine from 1 down to 0.
    ///
    /// - Source: Loshchilov, Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, ICLR 2017, equation 5,
    ///   without restarts.
    case cosine
    /// The factor is multiplied by `factor` at each milestone, which is a value of `t`.
    case multiStep(milestones: [Double], factor: Double)
  }

  /// How the rate changes after the warm-up.
  public var shape: Shape
  /// The number of steps in which the rate first rises linearly.
  public var warmUpSteps: Int
  /// The length of the training, with the warm-up.
  public var totalSteps: Int

  /// Creates a schedule for a training of `totalSteps` steps.
  public init(_ shape: Shape, warmUpSteps: Int = 0, totalSteps: Int) {
    self.shape = shape
    self.warmUpSteps = warmUpSteps
    self.totalSteps = totalSteps
  }

  /// Returns the number that multiplies the base learning rate in a step; behind the last step, that of the end.
  ///
  /// - Parameter step: the number of the step, from 0.
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
