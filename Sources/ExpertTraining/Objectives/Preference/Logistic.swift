internal import Foundation

/// The logistic function and its kin, without overflow at either end.
enum Logistic {
  /// σ(x) = 1 / (1 + e⁻ˣ).
  static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let power = exp(x)
    return power / (1 + power)
  }

  /// log σ(x); its derivative is σ(−x).
  static func logSigmoid(_ x: Double) -> Double { min(x, 0) - log1p(exp(-abs(x))) }

  /// log(1 − eˣ) for x < 0 (Mächler 2012).
  static func log1mexp(_ x: Double) -> Double {
    x > -0.693_147_180_559_945_3 ? log(-Foundation.expm1(x)) : log1p(-exp(x))
  }

  /// eˣ − 1.
  static func expm1(_ x: Double) -> Double { Foundation.expm1(x) }
}
