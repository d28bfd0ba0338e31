/// How much a pair of answers displeases, and which way to change their log-probabilities.
///
/// Named as TRL names its `loss_type`s. Pure numbers in double precision: nothing here knows of a
/// model. See `KTOLoss` for answers that come without their counterpart.
package struct PreferenceLoss: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// DPO (Rafailov et al. 2023); with label smoothing conservative DPO (Mitchell 2023).
    case sigmoid
    /// DPO for labels of which a known share is wrong (Ray Chowdhury et al. 2024).
    case robust
    /// Squared distance to a margin, of means per token (Azar et al. 2023, as its authors ran it).
    case ipo
    /// SLiC-HF's hinge on the rewards (Zhao et al. 2023).
    case hinge
    /// Means per token against a margin γ, without a reference (Meng, Xia and Chen 2024).
    case simpo(gamma: Double)
    /// Odds of means per token, without a reference (Hong, Lee and Thorne 2024).
    case orpo
  }

  package var kind: Kind
  package var beta: Double
  /// ε: the share of pairs that may be the wrong way round.
  package var labelSmoothing: Double
  /// λ: weight of the cross-entropy of chosen answers beside the loss (RPO; 1 in ORPO).
  package var sftWeight: Double

  /// Without `sftWeight` it is 1 for ORPO, whose loss has the term, and else 0.
  package init(
    _ kind: Kind, beta: Double = 0.1, labelSmoothing: Double = 0, sftWeight: Double? = nil
  ) {
    self.kind = kind
    self.beta = beta
    self.labelSmoothing = labelSmoothing
    self.sftWeight = sftWeight ?? (kind == .orpo ? 1 : 0)
  }

  /// Whether the loss compares the policy with a reference.
  package var needsReference: Bool {
    switch kind {
    case .sigmoid, .robust, .ipo, .hinge: true
    case .simpo, .orpo: false
    }
  }

  /// The loss of a pair without the term on chosen answers, which is a mean over tokens of the whole
  /// step: see `PreferenceObjective`.
  package func evaluate(_ pair: ScoredPair) -> PairLoss {
    switch kind {
    case .sigmoid, .robust, .hinge:
      let found = margin(beta * (pair.chosenRatio - pair.rejectedRatio))
      return PairLoss(
        loss: found.loss, chosenSlope: beta * found.slope, rejectedSlope: -beta * found.slope)
    case .ipo: return ipo(pair)
    case .simpo(let gamma): return simpo(pair, gamma)
    case .orpo: return orpo(pair)
    }
  }

  /// The loss and its slope as a function of z = β(Δ chosen − Δ rejected).
  private func margin(_ z: Double) -> (loss: Double, slope: Double) {
    let (right, wrong) = (Logistic.logSigmoid(z), Logistic.logSigmoid(-z))
    let (rightSlope, wrongSlope) = (Logistic.sigmoid(-z), -Logistic.sigmoid(z))
    let epsilon = labelSmoothing
    switch kind {
    case .hinge: return z < 1 ? (1 - z, -1) : (0, 0)
    case .robust:
      let scale = 1 / (1 - 2 * epsilon)
      return (
        scale * (epsilon * wrong - (1 - epsilon) * right),
        scale * (epsilon * wrongSlope - (1 - epsilon) * rightSlope)
      )
    default:
      return (
        -(1 - epsilon) * right - epsilon * wrong,
        -(1 - epsilon) * rightSlope - epsilon * wrongSlope
      )
    }
  }

  /// (Δ − 1/(2β))², Δ of means per token.
  private func ipo(_ pair: ScoredPair) -> PairLoss {
    let (chosen, rejected) = (Double(pair.chosenTokens), Double(pair.rejectedTokens))
    let distance = pair.chosenRatio / chosen - pair.rejectedRatio / rejected - 1 / (2 * beta)
    return PairLoss(
      loss: distance * distance, chosenSlope: 2 * distance / chosen,
      rejectedSlope: -2 * distance / rejected)
  }

  /// −log σ(β(mean chosen − mean rejected) − γ).
  private func simpo(_ pair: ScoredPair, _ gamma: Double) -> PairLoss {
    let z = beta * (pair.chosenMean - pair.rejectedMean) - gamma
    let slope = -beta * Logistic.sigmoid(-z)
    return PairLoss(
      loss: -Logistic.logSigmoid(z), chosenSlope: slope / Double(pair.chosenTokens),
      rejectedSlope: -slope / Double(pair.rejectedTokens))
  }

  /// −β log σ(log odds of chosen over rejected), odds(x) = x/(1 − x) of the geometric mean
  /// probability of a token: d log odds / d log x = 1/(1 − x).
  private func orpo(_ pair: ScoredPair) -> PairLoss {
    let (chosen, rejected) = (Self.clamped(pair.chosenMean), Self.clamped(pair.rejectedMean))
    let slope = -beta * Logistic.sigmoid(-Self.logOdds(chosen, rejected))
    return PairLoss(
      loss: -beta * Logistic.logSigmoid(Self.logOdds(chosen, rejected)),
      chosenSlope: slope * Self.oddsSlope(chosen) / Double(pair.chosenTokens),
      rejectedSlope: -slope * Self.oddsSlope(rejected) / Double(pair.rejectedTokens))
  }

  /// log odds(e^a) − log odds(e^b).
  static func logOdds(_ a: Double, _ b: Double) -> Double {
    (a - b) - (Logistic.log1mexp(clamped(a)) - Logistic.log1mexp(clamped(b)))
  }

  private static func oddsSlope(_ a: Double) -> Double { -1 / Logistic.expm1(a) }

  /// A token that is certain has infinite odds; single precision knows nothing closer to 1.
  private static func clamped(_ mean: Double) -> Double { min(mean, -1e-8) }

  /// The implicit rewards that TRL logs: β log π/ρ, and without a reference β times the mean.
  package func rewards(_ pair: ScoredPair) -> (chosen: Double, rejected: Double) {
    needsReference
      ? (beta * pair.chosenRatio, beta * pair.rejectedRatio)
      : (beta * pair.chosenMean, beta * pair.rejectedMean)
  }
}
