package import ExpertTensors

/// The memory that one decoder layer works in, for T tokens; row-major fp32.
///
/// Where nothing is kept for a backward pass, `input`, `middle` and `output` may be one buffer, and
/// all layers may share one memory.
package struct LayerMemory {
  /// [T, C]: what the layer takes.
  package var input: MutableFloats
  /// [T, C]: the input after the first norm.
  package var normed: MutableFloats
  /// [T, (H + 2G) D]: query, key and value as the products gave them; where a backward pass will
  /// need them from before the norm and rotation. `nil`: not kept.
  package var projected: MutableFloats?
  /// [T, (H + 2G) D]: query, key and value as attention takes them.
  package var queryKeyValue: MutableFloats
  /// [T, H D]: what attention yields.
  package var attention: MutableFloats
  /// [T, C]: input plus attention.
  package var middle: MutableFloats
  /// [T, C]: `middle` after the second norm.
  package var middleNormed: MutableFloats
  /// [T, 2F]
  package var gateUp: MutableFloats
  /// [T, F]
  package var activated: MutableFloats
  /// [T, C]: what the layer yields.
  package var output: MutableFloats
  /// 1/rms of the rows of `input` [T], `middle` [T], queries [T, H] and keys [T, G].
  package var inverses: Inverses?

  package struct Inverses {
    package var input: MutableFloats
    package var middle: MutableFloats
    package var query: MutableFloats
    package var key: MutableFloats

    package init(
      input: MutableFloats, middle: MutableFloats, query: MutableFloats, key: MutableFloats
    ) {
      self.input = input
      self.middle = middle
      self.query = query
      self.key = key
    }
  }
}

/// Memory for inference: one set of buffers that all layers share.
package final class SharedMemory {
  /// How many tokens fit.
  package let capacity: Int
  /// The hidden states [T, C], in and out of every layer.
  package let hidden: FloatBuffer
  private let normed: FloatBuffer
  private let queryKeyValue: FloatBuffer
  private let attention: FloatBuffer
  private let gateUp: FloatBuffer
  private let activated: FloatBuffer

  package init(_ config: ModelConfig, capacity: Int) {
    self.capacity = capacity
    func buffer(_ width: Int) -> FloatBuffer { FloatBuffer(count: capacity * width) }
    hidden = buffer(config.hiddenSize)
    normed = buffer(config.hiddenSize)
    queryKeyValue = buffer(config.querySize + 2 * config.keyValueSize)
    attention = buffer(config.querySize)
    gateUp = buffer(2 * config.intermediateSize)
    activated = buffer(config.intermediateSize)
  }

  /// The memory as a layer takes it.
  package var layer: LayerMemory {
    LayerMemory(
      input: hidden.base, normed: normed.base, projected: nil,
      queryKeyValue: queryKeyValue.base, attention: attention.base, middle: hidden.base,
      middleNormed: normed.base, gateUp: gateUp.base, activated: activated.base,
      output: hidden.base, inverses: nil)
  }
}
