internal import ExpertTokenizer
internal import ExpertTraining

/// A text as the model sees it, with what is learned of it marked.
struct MaskPreview {
  let tokenizer: Tokenizer

  /// `<|im_start|>user … [the answer]`; a soft prompt stands as ⟨64 vectors⟩.
  func text(_ example: TokenExample) throws -> String {
    var (out, at) = ("", 0)
    let vectors = example.ids.prefix { $0 < 0 }.count
    if vectors > 0 {
      out = "⟨\(vectors) vectors⟩"
      at = vectors
    }
    for range in example.supervised {
      out += try decode(example.ids[at..<range.lowerBound])
      out += "[\(try decode(example.ids[range]))]"
      at = range.upperBound
    }
    return try out + decode(example.ids[at...])
  }

  private func decode(_ ids: ArraySlice<Int32>) throws -> String {
    try tokenizer.decode(Array(ids))
  }
}
