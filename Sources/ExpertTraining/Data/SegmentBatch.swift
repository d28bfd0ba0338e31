package import ExpertTensors

/// One pass forward and backward: texts laid end to end, without a pad token.
///
/// Each text is a segment of its own; the two answers of a pair are segments whose prefix is the
/// segment of their prompt, which stands once: see `AttentionSegments`.
package struct SegmentBatch: Sendable, Hashable {
  /// A token that is predicted for the loss.
  package struct Target: Sendable, Hashable {
    /// The row whose output predicts it.
    package var row: Int32
    package var token: Int32
    /// The text that it belongs to: an example, or one side of a pair.
    package var text: Int32

    package init(row: Int32, token: Int32, text: Int32) {
      self.row = row
      self.token = token
      self.text = text
    }
  }

  /// Token of each row, [T].
  package private(set) var ids: [Int32] = []
  /// Position of each row in its text, from 0, [T].
  package private(set) var positions: [Int32] = []
  package private(set) var segments: [AttentionSegments.Segment] = []
  /// In order of text, then of position.
  package private(set) var targets: [Target] = []
  /// How many texts there are; a pair makes two, chosen first.
  package private(set) var texts = 0

  package init() {}

  /// Where segments begin, and the end of the last: `cu_seqlens`.
  package var cumulativeLengths: [Int32] {
    [0] + segments.map { Int32($0.rows.upperBound) }
  }

  /// Which rows attend to which.
  package var attention: AttentionSegments { AttentionSegments(segments) }

  /// A batch of examples.
  package init(_ examples: some Sequence<TokenExample>) {
    for example in examples { append(example) }
  }

  /// A batch of pairs; text 2i is the chosen answer of pair i, text 2i + 1 the rejected one.
  package init(_ pairs: some Sequence<PreferenceExample>) {
    for pair in pairs { append(pair) }
  }

  /// A batch of single answers; text 2i is the answer of example i, text 2i + 1 the mismatched one.
  package init(_ examples: some Sequence<KTOExample>) {
    for example in examples { append(example) }
  }

  /// Adds a text of its own.
  package mutating func append(_ example: TokenExample) {
    let start = ids.count
    addRows(example.ids[...], from: 0)
    addTargets(of: example) { start + $0 }
  }

  /// Adds the shared prompt of a pair once, then both answers.
  package mutating func append(_ pair: PreferenceExample) {
    append(pair.chosen, pair.rejected)
  }

  /// Adds the shared prompt once, then the answer and the mismatched one.
  package mutating func append(_ example: KTOExample) {
    append(example.completion, example.mismatched)
  }

  /// Adds two texts; what they share at their beginning stands once.
  package mutating func append(_ first: TokenExample, _ second: TokenExample) {
    let shared = first.sharedLength(with: second)
    guard shared > 0 else {
      append(first)
      append(second)
      return
    }
    let start = ids.count
    addRows(first.ids[..<shared], from: 0)
    for side in [first, second] {
      let own = ids.count
      addRows(side.ids[shared...], from: shared, prefix: start..<start + shared)
      addTargets(of: side) { $0 < shared ? start + $0 : own + $0 - shared }
    }
  }

  private mutating func addRows(
    _ tokens: ArraySlice<Int32>, from position: Int, prefix: Range<Int>? = nil
  ) {
    guard !tokens.isEmpty else { return }
    segments.append(.init(rows: ids.count..<ids.count + tokens.count, prefix: prefix))
    ids += tokens
    positions += (position..<position + tokens.count).map { Int32($0) }
  }

  /// `row` gives the row of a place in the text; a token is predicted one row before its own.
  private mutating func addTargets(of example: TokenExample, row: (Int) -> Int) {
    for place in example.supervised.joined() {
      targets.append(
        Target(row: Int32(row(place - 1)), token: example.ids[place], text: Int32(texts)))
    }
    texts += 1
  }
}
