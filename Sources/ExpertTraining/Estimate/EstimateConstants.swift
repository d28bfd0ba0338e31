/// What the forecasts rest on beside arithmetic. Named, so that the measurements of the training
/// loop can set them; the tests compare forecasts with what happened.
package struct EstimateConstants: Sendable, Hashable {
  /// Bytes of a tile of logits: `FusedHead.tileBytes`.
  package var logitTile = 16 << 20
  /// Bytes of the program itself, its threads, libraries and texts, where nobody has looked.
  package var fixedBytes = 96 << 20
  /// The least that the program takes.
  package var programBytes = 32 << 20
  /// Bytes for each trained parameter while a checkpoint is written, beside those of the moments: the
  /// file as it is read back, and its copy on the way to the disk.
  package var savingBytes = 6.0
  /// Rows of one pass of a reference or of a teacher that is asked once: `ReferenceScorer`.
  package var rowsAskedAtOnce = 4096
  /// Share of the processor's product limit that whole steps reach.
  package var productShare = 0.55
  /// Share of memory bandwidth and other work that does not depend on products, in seconds a step.
  package var secondsPerStep = 0.01
  /// Cost of the attention scores against a product of equal size: their blocks are small.
  package var attentionFactor = 2.0
  /// Cost of the narrow products of adapters against wide ones.
  package var adapterFactor = 3.0
  /// Cost of a product of eight bits on both sides against one of bf16.
  package var roundedFactor = 0.55
  /// Cost of a generated token against one of a pass: a few rows do not fill the products.
  package var generationFactor = 8.0

  package init() {}
}
