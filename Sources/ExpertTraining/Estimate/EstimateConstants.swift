/// What the forecasts rest on beside arithmetic. Named, so that the measurements of the training
/// loop can set them; the tests compare forecasts with what happened.
package struct EstimateConstants: Sendable, Hashable {
  /// Bytes of an activation that is kept for the backward pass.
  package var activationBytes = 4.0
  /// Vectors of length C that a layer keeps for each token beside the inputs of its linear layers:
  /// the two residual inputs, the two norms' outputs.
  package var hiddenVectors = 4.0
  /// Vectors of length F that a layer keeps: gate, up, and their product.
  package var feedforwardVectors = 3.0
  /// Vectors of length C of a layer under work that live only during its own pass.
  package var workingVectors = 8.0
  /// Rows of the vocabulary whose logits are held at a time, for every supervised row.
  package var logitTile = 4096
  /// Bytes of the program itself, its threads and libraries.
  package var fixedBytes = 96 << 20
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
