/// The special tokens with a role, and what the tokenizer's files say about their use.
package struct Marks: Sendable, Hashable {
  /// Beginning of sequence.
  package var bos: Int32?
  /// End of sequence; ends generation.
  package var eos: Int32?
  /// Padding, where the files name one.
  package var pad: Int32?
  /// What the files put in front of every text that no template has written.
  package var prefix: [Int32] = []
  /// What they put behind it.
  package var suffix: [Int32] = []
  /// The chat template, a Jinja program, as the files have it.
  package var chatTemplate: String?

  package init() {}
}
