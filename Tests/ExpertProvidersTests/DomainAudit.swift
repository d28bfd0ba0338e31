import ExpertProviders
import ExpertRecord

/// Generates records of one domain, every template in turn, and removes what is too alike, by
/// comparing all pairs of one template: slower than the index of the curation module, and
/// independent of it.
struct DomainAudit {
  var total = 0
  var accepted = 0
  /// Records kept of each template.
  var kept: [String: Int] = [:]
  /// The wall clock time of generating alone.
  var elapsed: Duration = .zero

  /// The largest part of the accepted records that one template gave.
  var maximumShare: Double {
    Double(kept.values.max() ?? 0) / Double(max(1, accepted))
  }

  init(_ domain: ProceduralDomain, records: Int, threshold: Double = 0.85, seed: UInt64 = 0) {
    let perTemplate = (records + domain.templates.count - 1) / domain.templates.count
    for template in domain.templates {
      var sets: [[UInt64]] = []
      for index in 0..<perTemplate {
        let start = ContinuousClock.now
        let item = DomainAudit.item(template, index: index, seed: seed)
        elapsed += ContinuousClock.now - start
        let shingles = DomainAudit.shingles(
          "\(item.instruction)\n\(item.input)\n\(item.output)")
        total += 1
        if !sets.contains(where: { DomainAudit.jaccard($0, shingles) >= threshold }) {
          sets.append(shingles)
        }
      }
      kept[template.id] = sets.count
      accepted += sets.count
    }
  }

  /// Problem `index` of a template, difficulties in turn.
  static func item(_ template: ProceduralTemplate, index: Int, seed: UInt64 = 0) -> ProceduralItem {
    var generator = SeededGenerator(seed: seed, stream: "\(template.id)/\(index)")
    return template.make(&generator, Difficulty.allCases[index % 3])
  }

  /// Hashes of the three-token shingles, sorted, each once. Tokens are runs of letters or digits
  /// and single other characters; white space separates.
  static func shingles(_ text: String) -> [UInt64] {
    var tokens: [UInt64] = []
    var current: UInt64 = 0
    for scalar in text.unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        current = (current ^ UInt64(scalar.value)) &* 0x100_0000_01b3 &+ 0x9e37
        continue
      }
      if current != 0 { tokens.append(current) }
      current = 0
      if !scalar.properties.isWhitespace { tokens.append(UInt64(scalar.value) &* 0x9e37_79b9) }
    }
    if current != 0 { tokens.append(current) }
    guard tokens.count >= 3 else { return tokens.sorted() }
    let hashes = (0..<(tokens.count - 2)).map { i -> UInt64 in
      var hash: UInt64 = 0
      for token in tokens[i..<(i + 3)] {
        hash = (hash ^ token) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 29
      }
      return hash
    }
    return Set(hashes).sorted()
  }

  /// The size of the intersection over that of the union of two sorted lists.
  static func jaccard(_ a: [UInt64], _ b: [UInt64]) -> Double {
    // Sizes bound the similarity: most pairs need no merge.
    if Double(min(a.count, b.count)) < 0.8 * Double(max(a.count, b.count)) { return 0 }
    var (i, j, shared) = (0, 0, 0)
    while i < a.count, j < b.count {
      if a[i] == b[j] { shared += 1 }
      let (x, y) = (a[i], b[j])
      if x <= y { i += 1 }
      if y <= x { j += 1 }
    }
    return Double(shared) / Double(max(1, a.count + b.count - shared))
  }
}
