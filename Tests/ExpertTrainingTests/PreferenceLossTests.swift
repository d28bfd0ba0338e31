import ExpertTraining
import Foundation
import Testing

/// The losses as functions of numbers.
@Suite struct PreferenceLossTests {
  static let losses: [PreferenceLoss] = [
    .init(.sigmoid, beta: 0.3), .init(.sigmoid, beta: 0.3, labelSmoothing: 0.2),
    .init(.robust, beta: 0.3, labelSmoothing: 0.2), .init(.ipo, beta: 0.2),
    .init(.hinge, beta: 0.1), .init(.simpo(gamma: 0.7), beta: 1.5), .init(.orpo, beta: 0.4),
  ]

  private static let pairs = [
    ScoredPair(
      policy: .init(chosen: -12, rejected: -15), reference: .init(chosen: -13.5, rejected: -14),
      chosenTokens: 7, rejectedTokens: 4),
    ScoredPair(
      policy: .init(chosen: -31, rejected: -9), reference: .init(chosen: -22, rejected: -11),
      chosenTokens: 12, rejectedTokens: 3),
    ScoredPair(
      policy: .init(chosen: -0.02, rejected: -300), reference: .init(chosen: -40, rejected: -2),
      chosenTokens: 5, rejectedTokens: 80),
  ]

  /// Central differences in double precision.
  @Test(arguments: losses) func slopesAreDerivatives(loss: PreferenceLoss) {
    for pair in Self.pairs {
      let found = loss.evaluate(pair)
      func slope(_ change: (inout ScoredPair, Double) -> Void) -> Double {
        var (above, below) = (pair, pair)
        change(&above, 1e-4)
        change(&below, -1e-4)
        return (loss.evaluate(above).loss - loss.evaluate(below).loss) / 2e-4
      }
      let chosen = slope { $0.policy.chosen += $1 }
      let rejected = slope { $0.policy.rejected += $1 }
      #expect(abs(found.chosenSlope - chosen) < 1e-6 * max(1, abs(chosen)))
      #expect(abs(found.rejectedSlope - rejected) < 1e-6 * max(1, abs(rejected)))
      #expect(found.loss.isFinite)
    }
  }

  /// All losses want the chosen answer likelier and the rejected one less likely.
  @Test(arguments: losses) func lossesPullApart(loss: PreferenceLoss) {
    let found = loss.evaluate(Self.pairs[1])
    #expect(found.chosenSlope < 0 && found.rejectedSlope > 0)
  }

  @Test func equalAnswersCostLogTwo() {
    let pair = ScoredPair(
      policy: .init(chosen: -5, rejected: -5), reference: .init(chosen: -5, rejected: -5),
      chosenTokens: 3, rejectedTokens: 3)
    for smoothing in [0, 0.1, 0.4] {
      let loss = PreferenceLoss(.sigmoid, labelSmoothing: smoothing).evaluate(pair).loss
      #expect(abs(loss - log(2)) < 1e-15)
      #expect(
        abs(PreferenceLoss(.robust, labelSmoothing: smoothing).evaluate(pair).loss - log(2)) < 1e-12
      )
    }
    #expect(PreferenceLoss(.hinge).evaluate(pair).loss == 1)
    #expect(abs(PreferenceLoss(.ipo, beta: 0.1).evaluate(pair).loss - 25) < 1e-12)
  }

  /// Far beyond where e^x overflows, losses are numbers and slopes have their limits.
  @Test(arguments: losses) func extremesStayFinite(loss: PreferenceLoss) {
    for (chosen, rejected) in [(-1e5, 0.0), (0.0, -1e5), (0, 0), (-1e-30, -1e-30)] {
      let found = loss.evaluate(
        ScoredPair(
          policy: .init(chosen: chosen, rejected: rejected), chosenTokens: 2, rejectedTokens: 2))
      #expect(found.loss.isFinite && found.chosenSlope.isFinite && found.rejectedSlope.isFinite)
    }
  }

  @Test(arguments: [true, false]) func ktoSlopesAreDerivatives(isDesirable: Bool) {
    let loss = KTOLoss(beta: 0.3, desirableWeight: 1.2, undesirableWeight: 0.7)
    for ratio in [-4, -0.5, 0, 2, 9.0] {
      func value(_ ratio: Double) -> Double {
        loss.evaluate(ratio: ratio, isDesirable: isDesirable, divergence: 0.4).loss
      }
      let slope = (value(ratio + 1e-4) - value(ratio - 1e-4)) / 2e-4
      let found = loss.evaluate(ratio: ratio, isDesirable: isDesirable, divergence: 0.4)
      #expect(abs(found.slope - slope) < 1e-8)
      #expect(isDesirable ? found.slope < 0 : found.slope > 0)
    }
  }

  @Test func settingsChooseTheLoss() throws {
    func loss(_ flags: [TrainingOption: String]) throws -> PreferenceLoss? {
      PreferenceLoss(config: try config(flags.merging([.objective: "dpo"]) { first, _ in first }))
    }
    #expect(try loss([:]) == PreferenceLoss(.sigmoid, beta: 0.1))
    #expect(
      try loss([.lossType: "robust", .labelSmoothing: "0.2", .beta: "0.3"])
        == PreferenceLoss(.robust, beta: 0.3, labelSmoothing: 0.2))
    #expect(
      try loss([.lossType: "simpo", .simpoGamma: "0.8", .beta: "2"])
        == PreferenceLoss(.simpo(gamma: 0.8), beta: 2))
    #expect(try loss([.lossType: "orpo"])?.sftWeight == 1)
    #expect(try loss([.rpoAlpha: "0.5"])?.sftWeight == 0.5)
    #expect(try loss([.lossType: "kto"]) == nil)
    let kto = KTOLoss(
      config: try config([.objective: "dpo", .lossType: "kto", .undesirableWeight: "1.5"]))
    #expect(kto == KTOLoss(beta: 0.1, undesirableWeight: 1.5))
    #expect(
      failure { _ = try config([.objective: "dpo", .desirableWeight: "2"]) }
        == .outOfPlace(place: "--desirable-weight", reason: "needs --loss-type kto"))
  }
}
