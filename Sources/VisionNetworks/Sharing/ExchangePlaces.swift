import MultitaskLearning

/// The steps of an encoder behind which tasks exchange maps.
public struct ExchangePlaces: Sendable, Equatable {
  /// Whether tasks exchange maps behind the encoder's stem, too.
  public var afterStem: Bool
  /// Whether tasks exchange maps behind the encoder's last step, too.
  public var afterEnd: Bool

  /// Creates the places behind all steps but those that are left out.
  public init(afterStem: Bool, afterEnd: Bool) {
    self.afterStem = afterStem
    self.afterEnd = afterEnd
  }

  /// Returns whether tasks exchange maps behind a step of some.
  func contain(_ index: Int, of steps: [EncoderStep]) -> Bool {
    (afterStem || !steps[index].isStem) && (afterEnd || index < steps.count - 1)
  }
}

extension ExchangePlaces {
  static func parameters(afterStem: Bool) -> [MethodParameter] {
    [
      MethodParameter(
        "stem", .boolean, default: .text(afterStem ? "true" : "false"),
        "whether tasks exchange maps behind the encoder's stem, too"),
      MethodParameter("end", .boolean, default: .text("true"), "whether tasks exchange maps behind the last step, too"),
    ]
  }

  init(_ settings: MethodSettings) {
    self.init(afterStem: settings.boolean("stem"), afterEnd: settings.boolean("end"))
  }
}
