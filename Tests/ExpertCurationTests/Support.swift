import ExpertCuration
import ExpertRecord

/// An instruction record with an answer of a kind.
func candidate(
  _ output: String, kind: AnswerKind? = nil, instruction: String = "Answer the question.",
  input: String = ""
) -> Candidate {
  Candidate(
    record: .instruction(
      InstructionRecord(instruction: instruction, input: input, output: output)),
    attributes: RecordAttributes(answerKind: kind))
}

extension Verdict {
  /// The name of the filter that dropped the record.
  var filter: String? {
    if case .drop(let rejection) = self { rejection.filter } else { nil }
  }

  var detail: String? {
    if case .drop(let rejection) = self { rejection.detail } else { nil }
  }
}

/// Sixty-odd words of plain English.
let plainProse = """
  The river rises in the hills above the town and runs for thirty miles before it meets the sea. \
  In spring the meadows along its banks are flooded, and farmers move their cattle to higher \
  ground until the water falls again. Fishermen know every bend of it by name, and children learn \
  to swim in the slow pools below the old stone bridge near the mill.
  """

/// The plain definition of a text's shingles.
func naiveShingles(_ text: String) -> Set<String> {
  let tokens = TextTokens.strings(of: text)
  guard tokens.count >= 3 else { return [tokens.joined(separator: "\0")] }
  return Set((0..<(tokens.count - 2)).map { tokens[$0..<($0 + 3)].joined(separator: "\0") })
}

func naiveSimilarity(_ a: Set<String>, _ b: Set<String>) -> Double {
  let (small, large) = a.count < b.count ? (a, b) : (b, a)
  var common = 0
  for shingle in small where large.contains(shingle) { common += 1 }
  return Double(common) / Double(a.count + b.count - common)
}

/// The similarity of every pair of texts, each pair once.
func naiveSimilarities(_ texts: [String]) -> [[Double]] {
  let sets = texts.map(naiveShingles)
  return sets.indices.map { row in (0..<row).map { naiveSimilarity(sets[row], sets[$0]) } }
}

/// Greedy search over all pairs: for each text, the most similar kept one at or over the threshold.
func naiveDuplicates(
  _ similarities: [[Double]], threshold: Double
) -> [(id: Int, similarity: Double)?] {
  var kept: [Int] = []
  return similarities.indices.map { row in
    var best: (id: Int, similarity: Double)?
    for other in kept {
      let similarity = similarities[row][other]
      if similarity >= threshold, similarity > best?.similarity ?? 0 { best = (other, similarity) }
    }
    if best == nil { kept.append(row) }
    return best
  }
}

/// Families of near duplicates: a base of some sixty words and copies with a few words changed.
func families(_ count: Int, copies: Int, seed: UInt64) -> [String] {
  var random = SeededGenerator(seed: seed, stream: "families")
  let words = (0..<800).map { number in
    String((0..<(3 + number % 6)).map { _ in random.pick(Array("abcdefghijklmnopqrstuvwxyz")) })
  }
  var texts: [String] = []
  for _ in 0..<count {
    let base = (0..<(40 + random.below(40))).map { _ in random.pick(words) }
    texts.append(base.joined(separator: " "))
    for _ in 0..<copies {
      var copy = base
      for _ in 0..<random.below(9) { copy[random.below(copy.count)] = random.pick(words) }
      texts.append(copy.joined(separator: random.below(2) == 0 ? " " : "  ") + ".")
    }
  }
  return random.shuffled(texts)
}
