/// Which rows of a batch attend to which: sequences laid end to end, none of them padded.
///
/// A query sees the rows of its own segment up to its own, and all rows of the segment's prefix
/// where it has one. So a prompt is computed once for several replies: the prompt is a segment of
/// its own, each reply a segment with the prompt's rows as prefix. Positions are given separately:
/// a reply's tokens go on counting where the prompt ended.
package struct AttentionSegments: Sendable, Hashable {
  /// One sequence, or what follows a shared prefix.
  package struct Segment: Sendable, Hashable {
    /// Its own rows.
    package var rows: Range<Int>
    /// Rows that all its queries see entirely; they end before its own begin.
    package var prefix: Range<Int>?

    /// Rows with what they see before themselves.
    package init(rows: Range<Int>, prefix: Range<Int>? = nil) {
      self.rows = rows
      self.prefix = prefix
    }
  }

  /// In the order of their rows.
  package let segments: [Segment]
  /// Segments (by index) tied by prefixes: a gradient may flow from any of a group to any other,
  /// and never to another group.
  package let groups: [[Int]]
  /// Rows of the whole batch.
  package var rows: Int { segments.last?.rows.upperBound ?? 0 }
  /// The longest segment.
  package var longest: Int { segments.map(\.rows.count).max() ?? 0 }

  /// Segments must follow each other from row 0 without a gap, none may be empty, and prefixes
  /// must lie before their segments: they are made by the program, never by its input.
  package init(_ segments: [Segment]) {
    var end = 0
    for segment in segments {
      precondition(segment.rows.lowerBound == end, "segments follow each other")
      precondition(!segment.rows.isEmpty, "a segment has rows")
      if let prefix = segment.prefix {
        precondition(
          prefix.lowerBound >= 0 && prefix.upperBound <= end && !prefix.isEmpty,
          "a prefix lies before its segment")
      }
      end = segment.rows.upperBound
    }
    self.segments = segments
    groups = Self.tied(segments)
  }

  /// Sequences of these lengths.
  package init(lengths: [Int]) {
    var end = 0
    self.init(
      lengths.map { length in
        defer { end += length }
        return Segment(rows: end..<end + length)
      })
  }

  /// Sequences by their boundaries, [S + 1] from 0.
  package init(cumulativeLengths: [Int32]) {
    self.init(
      zip(cumulativeLengths, cumulativeLengths.dropFirst()).map {
        Segment(rows: Int($0)..<Int($1))
      })
  }

  /// Positions that count on through the prefix: own row j of a segment is at prefix + j.
  package var positions: [Int32] {
    segments.flatMap { segment in
      let start = segment.prefix.map { prefix in
        Int(prefix.count) + offset(ofPrefix: prefix)
      }
      return (0..<segment.rows.count).map { Int32($0 + (start ?? 0)) }
    }
  }

  /// A prefix that begins inside a segment begins at that row's place in it.
  private func offset(ofPrefix prefix: Range<Int>) -> Int {
    let holder = segments.first { $0.rows.contains(prefix.lowerBound) }
    return holder.map { prefix.lowerBound - $0.rows.lowerBound } ?? 0
  }

  private static func tied(_ segments: [Segment]) -> [[Int]] {
    var group = Array(segments.indices)
    for (index, segment) in segments.enumerated() {
      guard let prefix = segment.prefix else { continue }
      for earlier in 0..<index where segments[earlier].rows.overlaps(prefix) {
        let (kept, replaced) = (group[earlier], group[index])
        for place in 0...index where group[place] == replaced { group[place] = kept }
      }
    }
    return Dictionary(grouping: segments.indices, by: { group[$0] }).values
      .sorted { $0[0] < $1[0] }
  }
}
