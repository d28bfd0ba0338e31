/// What the forecasts rest on beside arithmetic. Named, so that the measurements of the training
/// loop can set them; the tests compare forecasts with what happened.
package struct EstimateConstants: Sendable, Hashable {
  /// Bytes of an activation that is kept for the backward pass.
  package var activationBytes = 4.0
  /// Vectors of length C that a layer keeps for each token: what it takes, and the sum behind
  /// attention.
  package var hiddenVectors = 2.0
  /// Vectors of length F that a layer keeps: gate and up.
  package var feedforwardVectors = 2.0
  /// Vectors of length C and of length F that all layers share while they work, in training and in
  /// evaluations.
  package var workingHidden = 8.0
  package var workingFeedforward = 7.0
  /// Bytes of a tile of logits.
  package var logitTile = 16 << 20
  /// Bytes of the program itself, its threads and libraries.
  package var fixedBytes = 128 << 20
  /// Share of the processor's product limit that whole steps reach.
  package var productShare = 0.55
  /// Share of memory bandwidth and other work that does not depend on products, in seconds a step.
  package var secondsPerStep = 0.01
  /// Cost of the attention scores against a product of equal size: their blocks are small.
  package var attentionFactor = 2.0
  /// Cost of the narrow products of adapters against wide ones.
  package var adapterFactor = 3.0

  package init() {}
}
