package import ExpertTensors

/// One text that grows token by token: the keys and values of all tokens so far.
package final class DecodingStream {
  /// Tokens for which there is room.
  package let capacity: Int
  /// Tokens that the model has read.
  package private(set) var length = 0
  let caches: [LayerCache]

  package init(_ config: ModelConfig, capacity: Int, element: LayerCache.Element) {
    self.capacity = capacity
    caches = (0..<config.layers).map { _ in
      LayerCache(
        keyHeads: config.keyValueHeads, headSize: config.headSize, capacity: capacity,
        element: element)
    }
  }

  /// Bytes of the caches.
  package static func bytes(
    _ config: ModelConfig, capacity: Int, element: LayerCache.Element
  ) -> Int {
    2 * config.layers * config.keyValueSize * capacity * (element == .fp32 ? 4 : 2)
  }

  func advance(by tokens: Int) { length += tokens }

  /// Forgets what came after the first `length` tokens.
  package func rewind(to length: Int) {
    precondition(length >= 0 && length <= self.length, "a stream is rewound, not wound on")
    self.length = length
  }
}

extension BaseModel {
  /// How exactly keys and values are kept: exactly where the weights are.
  package var cacheElement: LayerCache.Element { precision == .fp32 ? .fp32 : .bf16 }
}
